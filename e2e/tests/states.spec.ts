// Between a request and its answer, and when there is none: nothing jumps, every page keeps a heading, and what failed
// for want of a network comes by itself.
import { expectAccessible } from '../helpers/axe.js';
import { expect, test } from '../helpers/shop.js';

for (const { address, read } of [
  { address: '/products/pixel-8-pro', read: '**/api/catalog/products/pixel-8-pro' },
  { address: '/categories/books', read: '**/api/catalog/categories/books' },
]) {
  test(`${address} keeps a heading when it can’t be read`, async ({ page, shop, complaints }) => {
    complaints.expectAbout(/\/api\/catalog\//);
    const error = { code: 'INTERNAL_ERROR', message: 'x', requestId: 'req-1' };
    await page.route(read, (route) => route.fulfill({ status: 500, json: { success: false, error } }));
    await shop.open(address);
    await expect(shop.heading).toHaveText('Something broke on our side');
    await expectAccessible(page);
    await page.unroute(read);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(shop.heading).not.toHaveText('Something broke on our side');
    await expect(shop.heading).toHaveCount(1);
  });
}

test('an order keeps a heading when it can’t be read', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/api\/orders\//);
  const order = await api.placeOrder(await api.token(customer), 'mens-classic-tee');
  await page.route('**/api/orders/*', (route) => route.abort('connectionreset'));
  await shop.open(`/orders/${order.orderNumber}`);
  await expect(shop.heading).toHaveText('You seem to be offline');
  await page.unroute('**/api/orders/*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(shop.heading).toHaveText(`Order ${order.orderNumber}`);
});

test('being offline is said, and what is missing comes with the network', async ({ page, shop, context, complaints }) => {
  complaints.expectAbout(/\/api\/|\/images\//);
  const banner = page.getByRole('status').filter({ hasText: 'You are offline' });
  await shop.open('/products');
  await expect(banner).toHaveCount(0);
  await context.setOffline(true);
  await expect(banner).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'ThinkPad X1 Carbon' }).click();
  await expect(shop.heading).toHaveText('You seem to be offline');
  await context.setOffline(false);
  await expect(banner).toHaveCount(0);
  await expect(shop.heading).toHaveText('ThinkPad X1 Carbon');
});

test('a page that has to be fetched comes with the network, too', async ({ page, shop, context, complaints }) => {
  complaints.expectAbout(/\/later-|\/api\/|\/images\/|\/parts-/);
  await shop.open('/');
  await context.setOffline(true);
  await page.getByRole('main').getByRole('link', { name: 'Shop all products' }).click();
  await expect(shop.heading).toHaveText('You seem to be offline');
  await context.setOffline(false);
  await expect(shop.heading).toHaveText('Products');
  await expect(page.getByText('16 products')).toBeVisible();
});

for (const { width, height } of [
  { width: 360, height: 740 },
  { width: 1280, height: 900 },
]) {
  test(`nothing jumps while pages load, ${width} pixels wide`, async ({ page, shop }) => {
    await page.setViewportSize({ width, height });
    await page.addInitScript(() => {
      const seen = { shift: 0 };
      Object.assign(window, { seen });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) seen.shift += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    // Answers come one after the other, as they do over a real line.
    await page.route(/\/api\/(catalog|search)/, async (route) => {
      const answer = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 150));
      await route.fulfill({ response: answer });
    });
    for (const address of ['/', '/products', '/products?q=pro', '/products?q=xylophone', '/products/iphone-15-pro', '/categories']) {
      await shop.open(address);
      const shift = await page.evaluate(() => (window as unknown as { seen: { shift: number } }).seen.shift);
      // Below 0.1 counts as good for visitors.
      expect.soft(shift, address).toBeLessThan(0.1);
    }
    await page.unrouteAll({ behavior: 'wait' });
  });
}

test('pictures keep their place, and those out of sight wait', async ({ page, shop }) => {
  for (const address of ['/', '/products', '/products/iphone-15-pro', '/categories']) {
    await shop.open(address);
    // What is further down arrives after the page itself.
    await expect.poll(() => page.locator('main img').count(), { message: address }).toBeGreaterThan(4);
    const pictures = await page.locator('main img').evaluateAll((all) =>
      (all as HTMLImageElement[]).map((img) => ({
        source: img.getAttribute('src'),
        sized: img.hasAttribute('width') && img.hasAttribute('height'),
        waits: img.loading === 'lazy',
        first: img.getAttribute('fetchpriority') === 'high',
      })),
    );
    expect(pictures.filter(({ sized }) => !sized), address).toEqual([]);
    expect(pictures.some(({ waits }) => waits), `${address} has pictures that wait`).toBe(true);
    expect(pictures.filter(({ first, waits }) => first && waits), address).toEqual([]);
  }
});

test('related products are of the same kind and never the product itself', async ({ page, shop }) => {
  await shop.open('/products/iphone-15-pro');
  const related = page.getByRole('region', { name: 'You may also like' }).getByRole('listitem');
  await expect(related.getByRole('link')).toHaveText([/Pixel/, /Galaxy/]);
  await expect(related.filter({ hasText: 'Smartphones' })).toHaveCount(2);
});

test('a cancelled order is not on its way any more, and prints without the shop around it', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  const order = await api.placeOrder(token, 'mens-classic-tee');
  await shop.open(`/orders/${order.orderNumber}`);
  await page.getByRole('button', { name: 'Cancel order' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  const steps = page.getByRole('list', { name: 'Order progress' }).getByRole('listitem');
  await expect(steps).toHaveText([/^Placed/, /^Cancelled/]);
  await expect(steps.last()).toHaveAttribute('aria-current', 'step');
  await expectAccessible(page);
  await page.emulateMedia({ media: 'print' });
  await expect(shop.heading).toBeVisible();
  await expect(shop.amount('Total')).toBeVisible();
  await expect(shop.header).toBeHidden();
  await expect(page.getByRole('contentinfo')).toBeHidden();
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
});
