// What a press costs: the work of the page's own thread in every task that runs the shop's code, with what the browser
// lays out and paints in it, from the press until nothing is left to do. Processor time, as the browser traces it: what else
// happens on the machine is not in it, nor are the tasks of what steers the browser. Printed, not judged: the figures belong
// to the machine.
import { expect, Shop, test } from '../helpers/shop.js';

/** One frame at 60 frames a second, in milliseconds. */
const FRAME = 1000 / 60;

type TraceEvent = {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  tdur?: number;
  pid: number;
  tid: number;
  args?: { name?: string; data?: { url?: string } };
};

/** The tasks of the page's main thread that ran code of the shop at `address`, in milliseconds, longest first. */
function tasks(trace: Buffer, address: string): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threads = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid}.${tid}`);
  const events = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && threads.includes(`${pid}.${tid}`));
  const calls = events.filter(({ name, args }) => name === 'FunctionCall' && args?.data?.url?.startsWith(address));
  return events
    .filter(({ name }) => name.endsWith('RunTask'))
    .filter(({ pid, tid, ts, dur = 0 }) =>
      calls.some((call) => call.pid === pid && call.tid === tid && call.ts >= ts && call.ts <= ts + dur),
    )
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((one, other) => other - one);
}

const INTERACTIONS: { name: string; prepare: (shop: Shop) => Promise<void>; act: (shop: Shop) => Promise<void> }[] = [
  {
    name: 'add to cart',
    prepare: (shop) => shop.open('/products/modern-table-lamp'),
    act: async ({ page, cartLink }) => {
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await cartLink.filter({ hasText: '1' }).waitFor();
    },
  },
  {
    name: 'filter the list',
    prepare: async (shop) => {
      await shop.open('/products');
      await shop.page.getByRole('button', { name: 'Filters' }).click();
    },
    act: async (shop) => {
      await shop.page.getByRole('checkbox', { name: 'In stock' }).check();
      await shop.page.getByRole('link', { name: /^Remove filter: In stock/ }).waitFor();
      await shop.settled();
    },
  },
  {
    name: 'sort the list',
    prepare: (shop) => shop.open('/products'),
    act: async (shop) => {
      await shop.page.getByLabel('Sort by').selectOption('price');
      await shop.page.waitForURL(/sort=price/);
      await shop.settled();
    },
  },
  {
    name: 'open a product',
    prepare: (shop) => shop.open('/products'),
    act: async (shop) => {
      await shop.page.getByRole('link', { name: 'Clean Code' }).click();
      await shop.page.getByRole('heading', { level: 1, name: 'Clean Code' }).waitFor();
      await shop.settled();
    },
  },
  {
    name: 'one more in the cart',
    prepare: async (shop) => {
      await shop.add('modern-table-lamp');
      await shop.open('/cart');
    },
    act: async ({ page, cartLink }) => {
      await page.getByRole('button', { name: 'Increase quantity' }).click();
      await cartLink.filter({ hasText: '2' }).waitFor();
    },
  },
];

test('what a press costs', async ({ browser, baseURL }) => {
  const lines = [`a frame is ${FRAME.toFixed(1)} ms`];
  for (const { name, prepare, act } of INTERACTIONS) {
    const context = await browser.newContext({ baseURL, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const shop = new Shop(page);
    await prepare(shop);
    await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
    await act(shop);
    const found = tasks(await browser.stopTracing(), baseURL ?? '');
    expect(found).not.toEqual([]);
    const long = found.filter((task) => task > FRAME).length;
    const most = found.slice(0, 3).map((task) => task.toFixed(1));
    lines.push(`${name.padEnd(22)} longest tasks ${most.join(', ')} ms; ${long} longer than a frame`);
    await context.close();
  }
  console.log(lines.join('\n'));
});
