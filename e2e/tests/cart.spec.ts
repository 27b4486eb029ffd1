// The cart of somebody who is signed in: it is on the server, the same on every device, and takes in once what was chosen
// before signing in.
import { newPerson, usd, type Api, type Person, type Product } from '../helpers/api.js';
import { expectAccessible } from '../helpers/axe.js';
import { Line } from '../helpers/line.js';
import { expect, Shop, test } from '../helpers/shop.js';
import type { Browser, Page } from '@playwright/test';

const ITEM = '**/api/cart/items/*';

/** Another device of the same person. */
async function elsewhere(browser: Browser, baseURL: string | undefined, person: Person): Promise<Shop> {
  const context = await browser.newContext({ baseURL });
  const shop = new Shop(await context.newPage());
  await shop.signInBehindTheScenes(person);
  return shop;
}

function quantity(page: Page) {
  return page.getByRole('textbox', { name: 'Quantity' });
}

/** Waits until the server has exactly these units. */
async function expectOnServer(api: Api, token: string, lines: [string, number][]) {
  await expect.poll(() => api.cart(token)).toEqual(lines);
}

/** What a guest chose on an earlier visit. */
async function chooseAsGuest(page: Page, lines: { product: Product; quantity: number }[]) {
  const kept = lines.map(({ product, quantity }) => ({
    productId: product.id,
    slug: product.slug,
    name: product.name,
    imageUrl: null,
    unitPrice: product.price,
    available: Math.max(product.stock, quantity),
    quantity,
    gone: false,
  }));
  await page.evaluate((kept) => localStorage.setItem('alder.cart.guest', JSON.stringify({ lines: kept, key: 'chosen-by-test' })), kept);
}

function traces(page: Page) {
  return page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => key.startsWith('alder.cart')));
}

test('a customer’s cart is the same on every device', async ({ page, shop, api, customer, browser, baseURL }) => {
  const product = await api.product('samsung-s24-ultra');
  const token = await api.token(customer);
  await shop.add(product.slug);
  await expectOnServer(api, token, [[product.name, 1]]);

  const other = await elsewhere(browser, baseURL, customer);
  await other.open('/cart');
  await expect(quantity(other.page)).toHaveValue('1');
  await expect(other.amount('Subtotal')).toHaveText(usd(product.price));
  await other.page.getByRole('button', { name: 'Increase quantity' }).click();
  await expectOnServer(api, token, [[product.name, 2]]);

  await test.step('coming back shows what the other device did', async () => {
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
    await shop.comeBack();
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 2 items');
  });

  await test.step('so does opening the cart', async () => {
    await api.putItem(token, await api.product('pixel-8-pro'), 3);
    await shop.cartLink.click();
    await expect(shop.lines).toHaveCount(2);
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 5 items');
  });

  await test.step('a reload shows the cart before the server has answered', async () => {
    await page.route('**/api/auth/refresh', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.fallback();
    });
    await page.reload();
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 5 items', { timeout: 1200 });
    await expect(shop.header.getByRole('button', { name: /^Account menu/ })).toBeVisible();
    await page.unrouteAll({ behavior: 'wait' });
  });
  await other.page.context().close();
});

test('what a guest chose joins the cart at sign-in, and what changed is told', async ({ page, shop, api }) => {
  const person = newPerson();
  const token = await api.register(person);
  const [shoes, phone, lamp, gone] = [
    await api.product('running-shoes-air'),
    await api.product('iphone-15-pro'),
    await api.product('modern-table-lamp'),
    await api.archived(),
  ];
  await api.putItem(token, shoes, 5);
  await api.putItem(token, phone, 1);
  await shop.open('/auth/login?redirect=/cart');
  await chooseAsGuest(page, [
    { product: shoes, quantity: shoes.stock },
    { product: phone, quantity: 2 },
    { product: lamp, quantity: 1 },
    { product: gone, quantity: 1 },
  ]);
  await page.reload();
  await shop.signIn(person.email, person.password);
  await expect(page).toHaveURL('/cart');
  const report = page.getByRole('region', { name: 'We put your two carts together' });
  await expect(report.getByRole('listitem')).toHaveText([
    `${shoes.name}: ${shoes.stock} instead of ${shoes.stock + 5}, because no more are left.`,
    `${phone.name}: 3 now, 1 of them from your account’s cart.`,
    `${gone.name} was left out, because it is no longer available.`,
  ]);
  const together: [string, number][] = [
    [shoes.name, shoes.stock],
    [phone.name, 3],
    [lamp.name, 1],
  ];
  await expectOnServer(api, token, together);
  await expect(shop.lines).toHaveCount(3);
  await expectAccessible(page);

  await test.step('a reload neither adds again nor forgets what was told', async () => {
    await page.reload();
    await expect(report).toBeVisible();
    await expect(shop.lines).toHaveCount(3);
    await expectOnServer(api, token, together);
    expect(await traces(page)).not.toContain('alder.cart.guest');
  });

  await test.step('once read it is gone', async () => {
    await report.getByRole('button', { name: 'Got it' }).click();
    await expect(report).toHaveCount(0);
    await page.reload();
    await expect(shop.lines).toHaveCount(3);
    await expect(report).toHaveCount(0);
  });
});

test('registering keeps the cart without a word', async ({ page, shop, api }) => {
  const person = newPerson();
  await shop.add('pixel-8-pro');
  await shop.open('/auth/register?redirect=/cart');
  await shop.register(person);
  await expect(page).toHaveURL('/cart');
  await expect(shop.lines).toHaveCount(1);
  await expectOnServer(api, await api.token(person), [['Google Pixel 8 Pro', 1]]);
  await expect(page.getByText('We put your two carts together')).toHaveCount(0);
});

test('a merge whose answer is lost adds nothing twice', async ({ page, shop, api, baseURL, complaints }) => {
  complaints.expectAbout(/\/api\/cart/);
  const person = newPerson();
  const token = await api.register(person);
  const product = await api.product('thinkpad-x1-carbon');
  await api.putItem(token, product, 1);
  const line = await Line.to(baseURL ?? '');
  const keys: (string | undefined)[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/cart/merge')) keys.push(request.headers()['idempotency-key']);
  });
  await shop.open(`${line.address}/products/${product.slug}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
  await shop.open(`${line.address}/auth/login?redirect=/cart`);
  const { answered, release } = line.hold('/api/cart/merge');
  await shop.signIn(person.email, person.password);
  await answered;
  // The server has done it, and the browser does not know.
  await expectOnServer(api, token, [[product.name, 2]]);
  expect(await traces(page)).toContain('alder.cart.guest');
  await page.reload();
  await expect(quantity(page)).toHaveValue('2');
  await expect.poll(() => traces(page)).not.toContain('alder.cart.guest');
  await expectOnServer(api, token, [[product.name, 2]]);
  await expect(quantity(page)).toHaveValue('2');
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  release();
  line.close();
});

test('signing in in one tab merges once, whichever tab is faster', async ({ shop, api, context }) => {
  const person = newPerson();
  const token = await api.register(person);
  await shop.add('macbook-pro-16');
  const other = new Shop(await context.newPage());
  await other.open('/auth/login?redirect=/cart');
  await other.signIn(person.email, person.password);
  for (const tab of [shop, other]) {
    await expect(tab.header.getByRole('button', { name: /^Account menu/ })).toBeVisible();
    await expect(tab.cartLink).toHaveAccessibleName('Cart, 1 item');
  }
  await expect.poll(() => traces(other.page)).not.toContain('alder.cart.guest');
  await expectOnServer(api, token, [['MacBook Pro 16"', 1]]);
});

test('two tabs show one cart', async ({ page, shop, api, customer, context }) => {
  const token = await api.token(customer);
  await shop.add('pixel-8-pro');
  await shop.cartLink.click();
  const other = new Shop(await context.newPage());
  await other.open('/cart');
  await other.page.getByRole('button', { name: 'Increase quantity' }).click();
  await expect(quantity(page)).toHaveValue('2');
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 2]]);
  await page.getByRole('button', { name: /^Remove/ }).click();
  await expect(other.page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();
  await expectOnServer(api, token, []);
});

test('what is changed without a network is kept, and saved when it is back', async ({ page, shop, api, customer, context, complaints }) => {
  complaints.expectAbout(/\/api\/|\/images\//);
  const token = await api.token(customer);
  await shop.add('pixel-8-pro');
  await shop.cartLink.click();
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 1]]);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Increase quantity' }).click();
  const trouble = page.getByRole('alert').filter({ hasText: 'What you changed is kept here' });
  await expect(trouble).toBeVisible();
  await expect(quantity(page)).toHaveValue('2');
  await expect(shop.cartLink).toHaveAccessibleName('Cart, 2 items');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Increase quantity' }).click();
  await expect(quantity(page)).toHaveValue('3');
  expect(await api.cart(token)).toEqual([['Google Pixel 8 Pro', 1]]);
  await context.setOffline(false);
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 3]]);
  await expect(trouble).toHaveCount(0);
});

test('what the server did not hear survives a reload', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/api\/cart/);
  const token = await api.token(customer);
  await shop.add('pixel-8-pro');
  await shop.cartLink.click();
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 1]]);
  await page.route(ITEM, (route) => route.abort('connectionreset'));
  await page.getByRole('button', { name: 'Increase quantity' }).click();
  const trouble = page.getByRole('alert').filter({ hasText: 'Your last changes are not saved yet' });
  await expect(trouble).toBeVisible();
  await page.reload();
  await expect(quantity(page)).toHaveValue('2');
  await expect(trouble).toBeVisible();
  expect(await api.cart(token)).toEqual([['Google Pixel 8 Pro', 1]]);
  await page.unroute(ITEM);
  await trouble.getByRole('button', { name: 'Try again' }).click();
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 2]]);
  await expect(trouble).toHaveCount(0);
});

test('undoing a removal puts the line back on the server, too', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  const [first, second] = [await api.product('macbook-pro-16'), await api.product('pixel-8-pro')];
  await api.putItem(token, first, 2);
  await api.putItem(token, second, 1);
  await shop.open('/cart');
  await expect(shop.lines).toHaveCount(2);
  await page.getByRole('button', { name: `Remove ${first.name}` }).click();
  await expect(shop.lines).toHaveCount(1);
  await expectOnServer(api, token, [[second.name, 1]]);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await api.cart(token)).map(([name, units]) => `${units} ${name}`).sort()).toEqual([`1 ${second.name}`, `2 ${first.name}`]);
  // It comes back to its place.
  await expect(shop.lines).toHaveText([new RegExp(first.name), new RegExp(second.name)]);
  await expect(shop.cartLink).toHaveAccessibleName('Cart, 3 items');
});

test('signing out clears the cart here, and signing in brings it back', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  await shop.add('pixel-8-pro');
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 1]]);
  expect(await traces(page)).toHaveLength(1);
  await shop.signOut();
  await expect(page).toHaveURL('/');
  await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
  expect(await traces(page)).toEqual([]);
  await shop.open('/auth/login?redirect=/cart');
  await shop.signIn(customer.email, customer.password);
  await expect(shop.lines).toHaveCount(1);
  await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
});

test('a change that the server refuses is taken back, and the reason is told', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/api\/cart\/items/);
  const token = await api.token(customer);
  await shop.add('pixel-8-pro');
  await shop.cartLink.click();
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 1]]);
  const error = { code: 'NOT_FOUND', message: 'Product not found', requestId: 'req-1' };
  await page.route(ITEM, (route) => route.fulfill({ status: 404, json: { success: false, error } }));
  await page.getByRole('button', { name: 'Increase quantity' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Google Pixel 8 Pro could not be changed: Product not found' })).toBeVisible();
  await expect(quantity(page)).toHaveValue('1');
  await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
  await page.unroute(ITEM);
  await page.getByRole('button', { name: 'Increase quantity' }).click();
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 2]]);
});

test('pressing quickly shows every press and sends few requests', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  await shop.add('pixel-8-pro');
  await shop.cartLink.click();
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 1]]);
  const sent: string[] = [];
  const quotes: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.postData() ?? '');
    if (request.url().endsWith('/quote')) quotes.push(request.url());
  });
  const more = page.getByRole('button', { name: 'Increase quantity' });
  await more.evaluate((button) => {
    for (let press = 0; press < 20; press += 1) (button as HTMLElement).click();
  });
  await expect(quantity(page)).toHaveValue('21');
  await expectOnServer(api, token, [['Google Pixel 8 Pro', 21]]);
  await expect(shop.amount('Subtotal')).toHaveText(usd(21 * 899.99));
  expect(sent.length).toBeLessThanOrEqual(3);
  expect(sent.at(-1)).toBe('{"quantity":21}');
  // Every answer says what the cart costs.
  expect(quotes).toEqual([]);
});

test('an order empties the cart on the server, also when the first attempt fails', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/api\/cart$/);
  const token = await api.token(customer);
  await shop.add('womens-summer-dress');
  await expectOnServer(api, token, [["Women's Summer Dress", 1]]);
  await shop.open('/checkout');
  await shop.fillAddress();
  await shop.fillCard();
  await page.route('**/api/cart', (route) => (route.request().method() === 'DELETE' ? route.abort('connectionreset') : route.fallback()));
  await shop.placeOrder.click();
  await expect(shop.orderStatus).toHaveText('Confirmed');
  await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
  expect(await api.cart(token)).toHaveLength(1);
  await page.unroute('**/api/cart');
  await page.reload();
  await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
  await expectOnServer(api, token, []);
  expect(await api.orders(token)).toHaveLength(1);
});

for (const { width, colorScheme } of [
  { width: 360, colorScheme: 'light' },
  { width: 768, colorScheme: 'dark' },
] as const) {
  test(`a cart with trouble fits ${width} pixels and is accessible, ${colorScheme}`, async ({ page, shop, api, customer, complaints }) => {
    complaints.expectAbout(/\/api\/cart/);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const token = await api.token(customer);
    await api.putItem(token, await api.product('womens-leather-jacket'), 900);
    await api.putItem(token, await api.product('macbook-pro-16'), 1);
    await shop.open('/cart');
    await expect(page.getByRole('alert').filter({ hasText: /Only \d+ left in stock/ })).toBeVisible();
    await page.route(ITEM, (route) => route.abort('connectionreset'));
    await page.getByRole('button', { name: 'Remove MacBook' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'not saved yet' })).toBeVisible();
    await shop.expectNoSidewaysScroll();
    await expectAccessible(page);
  });
}
