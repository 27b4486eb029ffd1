// From the front page to a cancelled order, against the real server. Each test has a customer of its own, and products
// whose stock it counts belong to that test alone.
import { CARDS, newPerson, usd } from '../helpers/api.js';
import { expect, test } from '../helpers/shop.js';

test('a shopper browses, buys, follows the order and cancels it', async ({ page, shop, api, complaints }) => {
  test.slow();
  const product = await api.product('yoga-mat-pro');
  const person = newPerson();
  const main = page.getByRole('main');
  const lines = page.getByRole('list', { name: 'Products in your cart' });
  let orderNumber = '';

  await test.step('from the front page to the list', async () => {
    await shop.open('/');
    await expect(shop.heading).toHaveText('Things worth keeping.');
    await main.getByRole('link', { name: 'Shop all products' }).click();
    await expect(page).toHaveURL('/products');
    await expect(shop.heading).toHaveText('Products');
    await expect(main.getByText('16 products')).toBeVisible();
  });

  await test.step('filter, sort and turn pages', async () => {
    const cards = page.getByRole('region', { name: 'Products' }).getByRole('listitem').filter({ has: page.getByText('$') });
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Page 2' }).click();
    await expect(page).toHaveURL('/products?page=2');
    await shop.settled();
    await expect(cards).toHaveCount(4);

    await page.getByRole('link', { name: 'Sports & Outdoors' }).click();
    await expect(page).toHaveURL('/products?category=sports-outdoors');
    await expect(main.getByText('2 products')).toBeVisible();
    await page.getByLabel('Sort by').selectOption('Price: low to high');
    await expect(page).toHaveURL('/products?category=sports-outdoors&sort=price');
    await shop.settled();
    await expect(cards.getByRole('link')).toHaveText([/Yoga Mat/, /Running Shoes/]);
    await page.getByLabel('Sort by').selectOption('Price: high to low');
    await expect(cards.getByRole('link')).toHaveText([/Running Shoes/, /Yoga Mat/]);
  });

  await test.step('put two into the cart', async () => {
    await main.getByRole('link', { name: product.name }).click();
    await expect(page).toHaveURL(`/products/${product.slug}`);
    await expect(shop.heading).toHaveText(product.name);
    await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
    await page.getByRole('button', { name: 'Increase quantity' }).click();
    await expect(page.getByRole('textbox', { name: 'Quantity' })).toHaveValue('2');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await expect(page.getByRole('status').filter({ hasText: `${product.name} is in your cart` })).toBeVisible();
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 2 items');
    await expect(shop.cartLink).toHaveText('2');
  });

  const subtotal = 2 * Number(product.price);
  const tax = Math.round(subtotal * 10) / 100;
  await test.step('the cart adds up', async () => {
    await shop.cartLink.click();
    await expect(page).toHaveURL('/cart');
    await expect(lines.getByRole('listitem')).toHaveCount(1);
    await expect(shop.amount('Subtotal')).toHaveText(usd(subtotal));
    await expect(shop.amount('Shipping')).toHaveText('Free');
    await expect(shop.amount('Tax')).toHaveText(usd(tax));
    await expect(shop.amount('Total')).toHaveText(usd(subtotal + tax));
  });

  await test.step('the checkout asks who is buying, and the cart survives registration', async () => {
    await page.getByRole('link', { name: 'Go to checkout' }).click();
    await expect(page).toHaveURL('/auth/login?redirect=%2Fcheckout');
    await main.getByRole('link', { name: 'Create an account' }).click();
    await expect(page).toHaveURL('/auth/register?redirect=%2Fcheckout');
    await shop.register(person);
    await expect(page).toHaveURL('/checkout');
    await expect(main.getByText(`Ordering as ${person.email}`)).toBeVisible();
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 2 items');
    await expect(shop.amount('Total')).toHaveText(usd(subtotal + tax));
  });

  await test.step('a declined card is explained and the order is kept', async () => {
    // The refusal is an answer of its own; the browser reports it as a failed request.
    complaints.expectAbout(/\/api\/orders\/[^/]+\/pay$/);
    const address = page.getByRole('group', { name: 'Delivery address' });
    await expect(address.getByLabel('First name')).toHaveValue(person.firstName);
    await shop.fillAddress();
    await page.getByRole('button', { name: CARDS.declined.effect }).click();
    await expect(page.getByLabel('Card number')).toHaveValue('4000 0000 0000 0002');
    await shop.placeOrder.click();
    await expect(page).toHaveURL(/\/orders\/ORD-[0-9A-Z]+-[0-9A-F]{6}$/);
    orderNumber = new URL(page.url()).pathname.split('/').pop() ?? '';
    const explanation = main.getByRole('alert').filter({ hasText: 'declined' });
    await expect(explanation).toContainText('Nothing was charged');
    await expect(explanation).toContainText('try another card');
    await expect(shop.orderStatus).toHaveText('Awaiting payment');
    await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
  });

  await test.step('another card pays the same order', async () => {
    await page.getByRole('button', { name: CARDS.approved.effect }).click();
    await page.getByRole('button', { name: `Pay ${usd(subtotal + tax)}` }).click();
    await expect(shop.orderStatus).toHaveText('Confirmed');
    await expect(page.getByRole('status').filter({ hasText: 'Payment received' })).toBeVisible();
    const orders = await api.orders(await api.token(person));
    expect(orders.map((order) => [order.orderNumber, order.status, order.totalAmount])).toEqual([
      [orderNumber, 'CONFIRMED', (subtotal + tax).toFixed(2)],
    ]);
    expect(await api.stock(product.slug)).toBe(product.stock - 2);
  });

  await test.step('the order is in the history', async () => {
    await shop.header.getByRole('button', { name: /^Account menu of Ada Lovelace/ }).click();
    await shop.header.getByRole('link', { name: 'Orders' }).click();
    await expect(page).toHaveURL('/account/orders');
    await expect(shop.heading).toHaveText('Your orders');
    const row = main.getByRole('listitem').filter({ hasText: orderNumber });
    await expect(row).toContainText('Confirmed');
    await expect(row).toContainText('2 items');
    await expect(row).toContainText(usd(subtotal + tax));
    await main.getByRole('link', { name: orderNumber }).click();
    await expect(page).toHaveURL(`/account/orders/${orderNumber}`);
    await expect(shop.heading).toHaveText(`Order ${orderNumber}`);
    await expect(main.getByRole('link', { name: product.name })).toBeVisible();
    await expect(main.getByText('12 Analytical Way')).toHaveCount(2);
    await expect(shop.amount('Total')).toHaveText(usd(subtotal + tax));
  });

  await test.step('cancelling asks first, then returns the stock', async () => {
    const dialog = page.getByRole('dialog', { name: 'Cancel this order?' });
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await dialog.getByRole('button', { name: 'Keep order' }).click();
    await expect(dialog).toBeHidden();
    await expect(shop.orderStatus).toHaveText('Confirmed');
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await dialog.getByRole('button', { name: 'Yes, cancel it' }).click();
    await expect(shop.orderStatus).toHaveText('Cancelled');
    await expect(page.getByRole('button', { name: 'Cancel order' })).toHaveCount(0);
    expect((await api.order(await api.token(person), orderNumber)).status).toBe('CANCELLED');
    expect(await api.stock(product.slug)).toBe(product.stock);
  });
});

test('an approved card leads straight to the confirmation', async ({ page, shop, api, customer }) => {
  await shop.add('indoor-plant-set');
  await shop.open('/checkout');
  await shop.fillAddress();
  await shop.fillCard();
  await shop.placeOrder.click();
  await expect(page).toHaveURL(/\/orders\/ORD-[^?]+\?placed=true$/);
  await expect(page.getByText('Thank you! Your order is paid and confirmed.')).toBeVisible();
  await expect(shop.orderStatus).toHaveText('Confirmed');
  await expect(page.getByRole('list', { name: 'Order progress' }).getByRole('listitem').filter({ hasText: 'Paid' })).toHaveAttribute(
    'aria-current',
    'step',
  );
  expect(await api.orders(await api.token(customer))).toHaveLength(1);

  await test.step('going back does not lead to a second order', async () => {
    await page.goBack();
    await shop.settled();
    await expect(shop.placeOrder).toHaveCount(0);
    await shop.open('/checkout');
    await expect(page.getByRole('heading', { name: 'There is nothing to check out' })).toBeVisible();
  });

  await test.step('the next checkout knows the address', async () => {
    await shop.add('indoor-plant-set');
    await shop.open('/checkout');
    await expect(page.getByRole('group', { name: 'Delivery address' }).getByLabel('City')).toHaveValue('London');
  });
});

test('pressing twice places one order', async ({ page, shop, api, customer }) => {
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/orders')) posts.push(request.url());
  });
  const before = await api.stock('mens-slim-jeans');
  await shop.add('mens-slim-jeans');
  await shop.open('/checkout');
  await shop.fillAddress();
  await shop.fillCard();
  await expect(shop.placeOrder).toBeEnabled();
  await shop.placeOrder.dblclick();
  await expect(shop.orderStatus).toHaveText('Confirmed');
  expect(await api.orders(await api.token(customer))).toHaveLength(1);
  expect(await api.stock('mens-slim-jeans')).toBe(before - 1);
  expect(posts).toHaveLength(1);
});

test('an answer that gets lost and a reload do not place a second order', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/api\/orders$/);
  const keys: (string | undefined)[] = [];
  const before = await api.stock('womens-leather-jacket');
  await shop.add('womens-leather-jacket');
  await shop.open('/checkout');
  await shop.fillAddress();
  await page.getByLabel('Notes').fill('Ring twice');
  await shop.fillCard();
  await page.route('**/api/orders', async (route) => {
    const request = route.request();
    if (request.method() !== 'POST') return route.fallback();
    keys.push(request.headers()['idempotency-key']);
    const answer = await route.fetch();
    // The server has done its work; its first answer never arrives.
    return keys.length === 1 ? route.abort('connectionreset') : route.fulfill({ response: answer });
  });

  await shop.placeOrder.click();
  await expect(page.getByRole('alert').filter({ hasText: 'you will not order twice' })).toBeVisible();
  await expect(shop.placeOrder).toBeEnabled();

  await page.reload();
  await expect(page.getByRole('group', { name: 'Delivery address' }).getByLabel('City')).toHaveValue('London');
  await expect(page.getByLabel('Notes')).toHaveValue('Ring twice');
  await expect(page.getByLabel('Card number')).toHaveValue('');
  await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
  await shop.fillCard();
  await shop.placeOrder.click();
  await expect(shop.orderStatus).toHaveText('Confirmed');

  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(await api.orders(await api.token(customer))).toHaveLength(1);
  expect(await api.stock('womens-leather-jacket')).toBe(before - 1);
});

test('nothing about the card is kept in the browser', async ({ page, shop, customer }) => {
  await shop.add('mens-classic-tee');
  await shop.open('/checkout');
  await expect(page.getByText(`Ordering as ${customer.email}`)).toBeVisible();
  await shop.fillAddress();
  await shop.fillCard();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  expect(kept).toContain('12 Analytical Way');
  expect(kept).not.toMatch(/4242|12\/40|eyJ/);
});

test('signing out clears the cart and the person', async ({ page, shop, api }) => {
  const person = newPerson();
  const token = await api.register(person);
  const order = await api.placeOrder(token, 'mens-classic-tee');
  await shop.open('/auth/login');
  await shop.signIn(person.email, person.password);
  await expect(page).toHaveURL('/account');
  await shop.add('mens-classic-tee');
  await page.getByRole('navigation', { name: 'Your account' }).getByRole('link', { name: 'Orders' }).click();
  await expect(page.getByRole('link', { name: order.orderNumber })).toBeVisible();

  await shop.signOut();
  await expect(page).toHaveURL('/');
  await expect(shop.header.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
  await expect(page.getByRole('status').filter({ hasText: 'You are signed out' })).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
  const kept = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  expect(kept.filter((key) => key !== 'alder.theme')).toEqual([]);

  await test.step('neither going back nor a new address shows anything of the person', async () => {
    await page.goBack();
    await expect(page).toHaveURL(/\/auth\/login/);
    await shop.settled();
    await expect(page.getByText(order.orderNumber)).toHaveCount(0);
    await page.goto(`/orders/${order.orderNumber}`);
    await expect(page).toHaveURL(`/auth/login?redirect=${encodeURIComponent(`/orders/${order.orderNumber}`)}`);
  });

  await test.step('the next person sees nothing of the previous one', async () => {
    const next = newPerson();
    await api.register(next);
    await shop.open('/auth/login?redirect=/account/orders');
    await shop.signIn(next.email, next.password);
    await expect(page.getByRole('heading', { name: 'No orders' })).toBeVisible();
    await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
  });
});

test('somebody else’s order is not found', async ({ shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/api\/orders\/ORD-/);
  const stranger = await api.register(newPerson());
  const order = await api.placeOrder(stranger, 'mens-classic-tee');
  await shop.open(`/orders/${order.orderNumber}`);
  await expect(shop.heading).toHaveText('Order not found');
  expect(await api.orders(await api.token(customer))).toEqual([]);
});

test('too little stock at the checkout is named and can be mended', async ({ page, shop, api, customer }) => {
  // The whole stock is wanted, then somebody else buys three of it.
  const product = await api.product('dell-xps-15');
  await shop.open(`/products/${product.slug}`);
  await page.getByRole('textbox', { name: 'Quantity' }).fill(String(product.stock));
  await page.getByRole('textbox', { name: 'Quantity' }).blur();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(shop.cartLink).toHaveAccessibleName(`Cart, ${product.stock} items`);
  await api.placeOrder(await api.register(newPerson()), product.slug, 3);
  const left = product.stock - 3;

  await shop.open('/checkout');
  await expect(page.getByText(`Ordering as ${customer.email}`)).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: `Only ${left} of ${product.name} left.` })).toBeVisible();
  await expect(shop.placeOrder).toBeDisabled();
  await page.getByRole('button', { name: `Order ${left} instead` }).click();
  await expect(shop.placeOrder).toBeEnabled();
  await expect(shop.cartLink).toHaveAccessibleName(`Cart, ${left} items`);
});
