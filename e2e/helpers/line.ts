import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A line to the shop that can hold answers back: the server has done its work, and the browser does not know yet. Unlike
 * a route of Playwright's it leaves cookies and connections to the browser.
 */
export class Line {
  private held: { path: string; answered: () => void; release: Promise<void> } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('request', (asked, answer) => this.pass(asked, answer));
  }

  static async to(target: string): Promise<Line> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Line(server, new URL(target));
  }

  /** The shop's address on this line. Cookies do not tell ports apart. */
  get address(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Holds the next answer at a path back; `answered` tells when the server has given it. */
  hold(path: string): { answered: Promise<void>; release: () => void } {
    let release = () => {};
    let answered = () => {};
    const done = new Promise<void>((resolve) => (answered = resolve));
    this.held = { path, answered, release: new Promise<void>((resolve) => (release = resolve)) };
    return { answered: done, release };
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url, headers } = asked;
    const forward = request(new URL(url ?? '/', this.target), { method, headers }, async (given) => {
      const held = this.held;
      if (held !== undefined && held.path === url) {
        this.held = undefined;
        held.answered();
        await held.release;
      }
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    forward.on('error', () => answer.destroy());
    asked.pipe(forward);
  }
}
