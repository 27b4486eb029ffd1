import { expect, type ConsoleMessage, type Page, type Request, type Response } from '@playwright/test';

type Complaint = { text: string; url: string };

/**
 * Everything the browser complains about while a test runs: console errors and warnings, uncaught errors, requests that
 * fail or are refused, and violations of the content security policy.
 */
export class Complaints {
  private readonly found: Complaint[] = [];
  private readonly expected: RegExp[] = [];

  /** Starts listening to a page. */
  async follow(page: Page): Promise<void> {
    page.on('console', (message) => this.console(message));
    page.on('pageerror', (error) => this.add(`uncaught: ${error.message}`, page.url()));
    page.on('requestfailed', (request) => this.requestFailed(request));
    page.on('response', (response) => this.response(response));
    await page.exposeFunction('reportCspViolation', (text: string) => this.add(text, page.url()));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const report = (window as unknown as { reportCspViolation: (text: string) => void }).reportCspViolation;
        report(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }

  /** A request whose address matches is meant to fail in this test; what the browser says about it does not count. */
  expectAbout(address: RegExp): void {
    this.expected.push(address);
  }

  /** Fails when there was an unexpected complaint. */
  expectNone(): void {
    const unexpected = this.found.filter(({ url }) => !this.expected.some((address) => address.test(url)));
    expect(
      unexpected.map(({ text, url }) => `${text} (${url})`),
      'complaints of the browser',
    ).toEqual([]);
  }

  private add(text: string, url: string): void {
    this.found.push({ text, url });
  }

  private console(message: ConsoleMessage): void {
    if (message.type() === 'error' || message.type() === 'warning') {
      this.add(`console ${message.type()}: ${message.text()}`, message.location().url);
    }
  }

  private requestFailed(request: Request): void {
    const why = request.failure()?.errorText ?? 'failed';
    // A page that is left gives up its requests.
    if (why !== 'net::ERR_ABORTED') {
      this.add(`${request.method()} ${why}`, request.url());
    }
  }

  private response(response: Response): void {
    if (response.status() >= 400) {
      this.add(`${response.request().method()} answered ${response.status()}`, response.url());
    }
  }
}
