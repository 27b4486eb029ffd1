// Paying with every test card: cards that need a confirmation, processors that need time, and everything that can happen
// in between. The provider's events are sent by the tests, so that nobody waits for its clock.
import { CARDS, usd, type Api, type Order, type Payment } from '../helpers/api.js';
import { expectAccessible } from '../helpers/axe.js';
import { press, tabTo } from '../helpers/keyboard.js';
import { expect, test, type Shop } from '../helpers/shop.js';
import type { Page } from '@playwright/test';

const SLUG = 'mens-classic-tee';

/** An order that waits for its payment, on show. */
async function openOrder(shop: Shop, api: Api, token: string): Promise<Order> {
  const order = await api.placeOrder(token, SLUG);
  await shop.open(`/orders/${order.orderNumber}`);
  return order;
}

/** Orders at the checkout and pays with a test card. */
async function orderWith(shop: Shop, card: keyof typeof CARDS): Promise<void> {
  await shop.add(SLUG);
  await shop.open('/checkout');
  await shop.fillAddress();
  await shop.page.getByRole('button', { name: CARDS[card].effect }).click();
  await shop.placeOrder.click();
}

async function lastPayment(api: Api, token: string, { orderNumber }: Order): Promise<Payment> {
  const [payment] = await api.payments(token, orderNumber);
  if (payment === undefined) throw new Error(`nobody has tried to pay ${orderNumber}`);
  return payment;
}

function explanation(page: Page, text: string | RegExp) {
  return page.getByRole('main').getByRole('alert').filter({ hasText: text });
}

function said(page: Page, text: string | RegExp) {
  return page.getByRole('main').getByRole('status').filter({ hasText: text });
}

function approve(shop: Shop) {
  return shop.bank.getByRole('button', { name: 'Approve' });
}

test('at the checkout a card is confirmed, and the order with it', async ({ page, shop, api, customer }) => {
  await orderWith(shop, 'confirmed');
  await expect(shop.bank).toBeVisible();
  await expect(shop.bank).toContainText('Alder');
  await expect(shop.bank).toContainText('ending in 3155');
  const [order] = await api.orders(await api.token(customer));
  await expect(shop.bank).toContainText(usd(order?.totalAmount ?? ''));
  await expect(shop.cartLink).toHaveAccessibleName('Cart, empty');
  await approve(shop).click();
  await expect(shop.orderStatus).toHaveText('Confirmed');
  await expect(page.getByText('Thank you! Your order is paid and confirmed.')).toBeVisible();
  await expect(shop.heading).toBeFocused();
  await expect(shop.bank).toBeHidden();
});

test('declining the confirmation charges nothing, and another card pays', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/confirm$/);
  const token = await api.token(customer);
  const order = await openOrder(shop, api, token);
  await shop.payWith('confirmed');
  await shop.bank.getByRole('button', { name: 'Decline' }).click();
  await expect(explanation(page, 'You did not confirm the payment. Nothing was charged.')).toBeVisible();
  await expect(shop.bank).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Payment' })).toBeFocused();
  await shop.payWith('approved');
  await expect(shop.orderStatus).toHaveText('Confirmed');
  expect((await api.payments(token, order.orderNumber)).map(({ status }) => status)).toEqual(['SUCCEEDED', 'DECLINED']);
});

test('a card that is declined after its confirmation is explained', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/confirm$/);
  await openOrder(shop, api, await api.token(customer));
  await shop.payWith('confirmedDeclined');
  await approve(shop).click();
  await expect(explanation(page, 'Your card was declined after the confirmation. Nothing was charged.')).toBeVisible();
  await expect(shop.orderStatus).toHaveText('Awaiting payment');
  await expect(page.getByRole('button', { name: /^Pay \$/ })).toBeVisible();
});

test('a confirmation that is put off can be continued, also after a reload', async ({ page, shop, api, customer }) => {
  await openOrder(shop, api, await api.token(customer));
  await shop.payWith('confirmed');
  await expect(shop.bank).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(shop.bank).toBeHidden();
  const goOn = page.getByRole('button', { name: 'Continue the confirmation' });
  await expect(goOn).toBeFocused();
  await expect(said(page, 'Your bank asks you to confirm this payment')).toBeVisible();

  await page.reload();
  await expect(goOn).toBeVisible();
  await expect(shop.bank).toBeHidden();
  await goOn.click();
  await approve(shop).click();
  await expect(shop.orderStatus).toHaveText('Confirmed');
});

test('a reload in the middle of the checkout’s confirmation loses nothing', async ({ page, shop, api, customer }) => {
  await orderWith(shop, 'confirmed');
  await expect(shop.bank).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Continue the confirmation' }).click();
  await approve(shop).click();
  await expect(page.getByText('Thank you! Your order is paid and confirmed.')).toBeVisible();
  expect(await api.orders(await api.token(customer))).toHaveLength(1);
});

test('somebody may change their mind and use another card', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/confirm$/);
  await openOrder(shop, api, await api.token(customer));
  await shop.payWith('confirmed');
  await expect(shop.bank).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Use another card' }).click();
  await shop.payWith('approved');
  await expect(shop.orderStatus).toHaveText('Confirmed');
});

test('a confirmation whose answer is lost can be given again', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/confirm$/);
  const token = await api.token(customer);
  const order = await openOrder(shop, api, token);
  await shop.payWith('confirmed');
  await page.route('**/confirm', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await approve(shop).click();
  await expect(shop.bank.getByRole('alert')).toContainText('Answering again is safe');
  await page.unroute('**/confirm');
  await approve(shop).click();
  await expect(shop.orderStatus).toHaveText('Confirmed');
  expect(await api.payments(token, order.orderNumber)).toHaveLength(1);
});

for (const { card, kind } of [
  { card: 'lateApproved', kind: 'payment.succeeded' },
  { card: 'answerLost', kind: 'payment.succeeded' },
] as const) {
  test(`a slow processor is waited for: ${CARDS[card].effect}`, async ({ page, shop, api, customer }) => {
    const token = await api.token(customer);
    const order = await openOrder(shop, api, token);
    await shop.payWith(card);
    await expect(said(page, `Your bank is still working on the payment with the card ending in ${CARDS[card].number.slice(-4)}`)).toBeInViewport();
    await expect(page.getByRole('heading', { name: 'Payment' })).toBeFocused();
    await page.reload();
    await expect(said(page, 'Your bank is still working')).toBeVisible();
    await api.settle(await lastPayment(api, token, order), kind);
    await expect(shop.orderStatus).toHaveText('Confirmed');
    await expect(page.getByRole('status').filter({ hasText: 'Payment received' })).toBeVisible();
    await expect(shop.heading).toBeFocused();
    await expect(shop.heading).toBeInViewport();
  });
}

test('a slow processor that declines is explained, and another card pays', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  const order = await openOrder(shop, api, token);
  await shop.payWith('lateDeclined');
  await expect(said(page, 'Your bank is still working')).toBeVisible();
  await api.settle(await lastPayment(api, token, order), 'payment.declined');
  await expect(explanation(page, 'Your card was declined. Nothing was charged.')).toBeVisible();
  await shop.payWith('approved');
  await expect(shop.orderStatus).toHaveText('Confirmed');
});

test('at the checkout a slow processor is waited for on the order’s page', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  await orderWith(shop, 'lateApproved');
  await expect(said(page, 'Your bank is still working')).toBeVisible();
  const [order] = await api.orders(token);
  if (order === undefined) throw new Error('no order');
  await api.settle(await lastPayment(api, token, order), 'payment.succeeded');
  await expect(page.getByText('Thank you! Your order is paid and confirmed.')).toBeVisible();
});

test('waiting outlives a lost network and asks at once when it is back', async ({ page, shop, api, customer, context, complaints }) => {
  complaints.expectAbout(/\/api\/|\/images\//);
  const token = await api.token(customer);
  const order = await openOrder(shop, api, token);
  await shop.payWith('lateApproved');
  await expect(said(page, 'Your bank is still working')).toBeVisible();
  await context.setOffline(true);
  await expect(said(page, 'We ask again as soon as you are back')).toBeVisible();
  await api.settle(await lastPayment(api, token, order), 'payment.succeeded');
  await context.setOffline(false);
  await expect(shop.orderStatus).toHaveText('Confirmed');
});

test('waiting asks less and less often, and stops when the page is left', async ({ page, shop, api, customer }) => {
  const asked: number[] = [];
  await openOrder(shop, api, await api.token(customer));
  await page.clock.install();
  page.on('request', (request) => {
    if (/\/api\/payments\/[^/]+$/.test(request.url())) asked.push(Date.now());
  });
  await shop.payWith('lateApproved');
  await expect(said(page, 'Your bank is still working')).toBeVisible();
  for (const expected of [1, 2, 3]) {
    await page.clock.runFor(3_000);
    await expect.poll(() => asked.length).toBeGreaterThanOrEqual(expected);
  }
  await page.clock.runFor(60_000);
  await expect.poll(() => asked.length).toBeLessThanOrEqual(14);
  await page.getByRole('link', { name: 'All your orders' }).click();
  await expect(shop.heading).toHaveText('Your orders');
  const before = asked.length;
  await page.clock.runFor(30_000);
  expect(asked.length).toBe(before);
});

test('a card without enough money is declined in the server’s words', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/pay$/);
  await openOrder(shop, api, await api.token(customer));
  await shop.payWith('insufficientFunds');
  await expect(explanation(page, 'Your card has insufficient funds. Nothing was charged.')).toBeVisible();
  // What was typed stays, to be mended.
  await expect(page.getByLabel('Card number')).toHaveValue('4000 0000 0000 9995');
  await test.step('it is still said after a reload', async () => {
    await page.reload();
    await expect(explanation(page, 'Your card has insufficient funds')).toBeVisible();
  });
});

test('an unpaid order is paid from the history', async ({ page, shop, api, customer }) => {
  const order = await api.placeOrder(await api.token(customer), SLUG);
  await shop.open('/account/orders');
  const payNow = page.getByRole('listitem').filter({ hasText: order.orderNumber }).getByRole('link', { name: 'Pay now' });
  await expect(payNow).toHaveAccessibleDescription(order.orderNumber);
  await payNow.click();
  await expect(page).toHaveURL(`/account/orders/${order.orderNumber}`);
  await shop.payWith('confirmed');
  await approve(shop).click();
  await expect(shop.orderStatus).toHaveText('Confirmed');
  await page.getByRole('link', { name: 'All your orders' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: order.orderNumber })).toContainText('Confirmed');
  await expect(page.getByRole('link', { name: 'Pay now' })).toHaveCount(0);
});

test('an order that was cancelled meanwhile is not paid', async ({ page, shop, api, customer, complaints, request }) => {
  complaints.expectAbout(/\/pay$/);
  const token = await api.token(customer);
  const order = await openOrder(shop, api, token);
  await request.post(`/api/orders/${order.orderNumber}/cancel`, { headers: { Authorization: `Bearer ${token}` } });
  await shop.payWith('approved');
  await expect(shop.orderStatus).toHaveText('Cancelled');
  await expect(page.getByRole('button', { name: /^Pay \$/ })).toHaveCount(0);
});

test('a button that is busy keeps the focus and ignores presses', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  const order = await openOrder(shop, api, token);
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  let posts = 0;
  await page.route('**/pay', async (route) => {
    posts += 1;
    await held;
    await route.fallback();
  });
  await page.getByRole('button', { name: CARDS.approved.effect }).click();
  const pay = page.getByRole('button', { name: /^Pay/ });
  await tabTo(page, page.getByRole('button', { name: /^Pay \$/ }));
  await page.keyboard.press('Enter');
  await expect(pay).toHaveText('Paying…');
  await expect(pay).toHaveAttribute('aria-disabled', 'true');
  await expect(pay).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByLabel('Card number').press('Enter');
  go();
  await expect(shop.orderStatus).toHaveText('Confirmed');
  expect(posts).toBe(1);
  expect(await api.payments(token, order.orderNumber)).toHaveLength(1);
});

test('a confirmation is given with the keyboard alone', async ({ page, shop, api, customer }) => {
  await openOrder(shop, api, await api.token(customer));
  await press(page, page.getByRole('button', { name: CARDS.confirmed.effect }), 'Space');
  await press(page, page.getByRole('button', { name: /^Pay \$/ }));
  const decline = shop.bank.getByRole('button', { name: 'Decline' });
  await expect(decline).toBeFocused();
  await page.keyboard.press('Escape');
  const goOn = page.getByRole('button', { name: 'Continue the confirmation' });
  await expect(goOn).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(decline).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(approve(shop)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(shop.orderStatus).toHaveText('Confirmed');
  await expect(shop.heading).toBeFocused();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`paying is accessible and fits the narrowest screens, ${colorScheme}`, async ({ page, shop, api, customer }) => {
    test.slow(true, 'axe reads the page eight times');
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await openOrder(shop, api, await api.token(customer));
    await shop.expectNoSidewaysScroll();
    await expectAccessible(page);
    await shop.payWith('confirmed');
    await expect(shop.bank).toBeVisible();
    await shop.expectNoSidewaysScroll();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'Continue the confirmation' })).toBeVisible();
    await shop.expectNoSidewaysScroll();
    await expectAccessible(page);

    await openOrder(shop, api, await api.token(customer));
    await shop.payWith('lateApproved');
    await expect(said(page, 'Your bank is still working')).toBeVisible();
    await shop.expectNoSidewaysScroll();
    await expectAccessible(page);
    await shop.open('/account/orders');
    await expect(page.getByRole('link', { name: 'Pay now' })).toHaveCount(2);
    await shop.expectNoSidewaysScroll();
    await expectAccessible(page);
  });
}
