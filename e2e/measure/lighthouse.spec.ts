// What Lighthouse says of the pages that every purchase passes, as on a phone. Each page is measured three times and the
// middle result counts, since a busy machine slows single runs down.
import { chromium, type Page } from '@playwright/test';
import lighthouse from 'lighthouse';
import { Api, newPerson } from '../helpers/api.js';
import { expect, Shop, test } from '../helpers/shop.js';

const RUNS = Number(process.env.LIGHTHOUSE_RUNS ?? '3');
const LEAST = 95;
const PORT = 9233;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
// Some pages are kept out of search engines on purpose, which Lighthouse counts as a fault of theirs.
const ON_PURPOSE = ['is-crawlable'];

const PAGES = [
  { name: 'home', address: '/' },
  { name: 'list', address: '/products' },
  { name: 'search', address: '/products?q=pro', isHidden: true },
  { name: 'product', address: '/products/iphone-15-pro' },
  { name: 'cart', address: '/cart', isHidden: true },
  { name: 'checkout', address: '/checkout', isHidden: true },
];

type Measured = { scores: number[]; faults: string[]; facts: string };

/**
 * One run against the browser that is listening on the port, as somebody who has not been there before. Storage stays,
 * since the cart and the session are in it; what the browser has kept of files and answers goes.
 */
async function measure(page: Page, address: string, isHidden = false): Promise<Measured> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.clearBrowserCache');
  await devtools.detach();
  const skipAudits = isHidden ? ON_PURPOSE : [];
  const flags = { port: PORT, output: 'json', logLevel: 'error', disableStorageReset: true, skipAudits } as const;
  const result = await lighthouse(address, flags);
  if (result === undefined || result.lhr.runtimeError !== undefined) {
    throw new Error(`${address}: ${result?.lhr.runtimeError?.message ?? 'no result'}`);
  }
  const { categories, audits } = result.lhr;
  const scores = CATEGORIES.map((category) => Math.round((categories[category]?.score ?? 0) * 100));
  const weighed = CATEGORIES.flatMap((category) => categories[category]?.auditRefs ?? []).filter(({ weight }) => weight > 0);
  const faults = weighed
    .map(({ id }) => audits[id])
    .filter((audit) => audit !== undefined && audit.score !== null && audit.score < 0.9)
    .map((audit) => `${audit?.id} ${audit?.displayValue ?? ''}`.trim());
  const metrics = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'];
  const facts = metrics.map((id) => audits[id]?.displayValue ?? '?').join(' / ');
  return { scores, faults, facts };
}

/** The run whose performance is in the middle. */
function middle(runs: Measured[]): Measured {
  const sorted = [...runs].sort((one, other) => (one.scores[0] ?? 0) - (other.scores[0] ?? 0));
  const run = sorted[Math.floor(sorted.length / 2)];
  if (run === undefined) throw new Error('nothing was measured');
  return run;
}

test('Lighthouse gives every page at least 95 in every category', async ({ baseURL, playwright, launchOptions }) => {
  const folder = test.info().outputPath('profile');
  const args = [...(launchOptions.args ?? []), `--remote-debugging-port=${PORT}`];
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions, args, baseURL });
  const page = context.pages()[0] ?? (await context.newPage());
  const shop = new Shop(page);
  const request = await playwright.request.newContext({ baseURL });
  const person = newPerson();
  await new Api(request).register(person);

  const lines = [`${'page'.padEnd(10)} ${CATEGORIES.join(' ')} | FCP / LCP / TBT / CLS | below 0.9`];
  const low: string[] = [];
  for (const { name, address, isHidden } of PAGES) {
    await test.step(name, async () => {
      if (address === '/cart') {
        await shop.add('modern-table-lamp');
      }
      if (address === '/checkout') {
        await shop.open('/auth/login?redirect=/checkout');
        await shop.signIn(person.email, person.password);
        await expect(shop.heading).toHaveText('Checkout');
      }
      await page.goto('about:blank');
      const runs: Measured[] = [];
      for (let run = 0; run < RUNS; run += 1) runs.push(await measure(page, `${baseURL}${address}`, isHidden));
      const { scores, faults, facts } = middle(runs);
      const line = `${name.padEnd(10)} ${scores.join(' ')} | ${facts} | ${faults.join(', ')}`;
      lines.push(line);
      if (scores.some((score) => score < LEAST)) low.push(line);
    });
  }
  console.log(lines.join('\n'));
  await request.dispose();
  await context.close();
  expect(low).toEqual([]);
});
