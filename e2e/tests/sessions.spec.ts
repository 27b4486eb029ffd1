// One browser, several tabs, one refresh cookie that changes at every use: nobody is signed out by accident, and
// everybody is when one tab says so.
import { newPerson } from '../helpers/api.js';
import { Line } from '../helpers/line.js';
import { expect, Shop, test } from '../helpers/shop.js';

const REFRESH = '/api/auth/refresh';

function accountMenu(shop: Shop) {
  return shop.header.getByRole('button', { name: /^Account menu/ });
}

test('two tabs that reload at once stay signed in', async ({ page, shop, customer, context }) => {
  test.slow();
  await shop.open('/account');
  const other = new Shop(await context.newPage());
  await other.open('/account/orders');
  for (let round = 1; round <= 10; round += 1) {
    await Promise.all([page.reload(), other.page.reload()]);
    await expect(accountMenu(shop), `round ${round} of ${customer.email}`).toBeVisible();
    await expect(accountMenu(other), `round ${round} in the other tab`).toBeVisible();
  }
});

for (const way of ['closed', 'reloaded'] as const) {
  test(`a page that is ${way} during the renewal stays signed in`, async ({ shop, customer, context, baseURL }) => {
    const line = await Line.to(baseURL ?? '');
    await shop.open('/');
    await expect(accountMenu(shop), customer.email).toBeVisible();
    const left = await context.newPage();
    const { answered, release } = line.hold(REFRESH);
    // Another port is another origin: its storage must say that somebody is signed in.
    await left.addInitScript(() => localStorage.setItem('alder.session', '1'));
    await left.goto(`${line.address}/account`);
    await answered;
    let next = new Shop(left);
    if (way === 'closed') {
      await left.close();
      next = new Shop(await context.newPage());
      await next.page.goto(`${line.address}/account`);
    } else {
      await left.reload();
    }
    release();
    await expect(accountMenu(next)).toBeVisible();
    await expect(next.page.getByLabel('Email')).toHaveValue(customer.email);
    line.close();
  });
}

test('signing out in one tab signs out the others and clears every trace', async ({ page, shop, customer, context }) => {
  await shop.add('mens-classic-tee');
  await shop.open('/account');
  const other = new Shop(await context.newPage());
  await other.open('/checkout');
  await expect(other.page.getByText(`Ordering as ${customer.email}`)).toBeVisible();
  await other.fillAddress();

  await shop.signOut();
  await expect(page).toHaveURL('/');
  await expect(other.page).toHaveURL('/auth/login?redirect=%2Fcheckout');
  await expect(other.header.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(other.cartLink).toHaveAccessibleName('Cart, empty');
  await expect(other.page.getByRole('status').filter({ hasText: 'You signed out in another tab' })).toBeVisible();
  for (const tab of [shop, other]) {
    const kept = await tab.page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
    expect(kept.filter((key) => !['alder.theme', 'signed-in-by-test'].includes(key))).toEqual([]);
    await expect(tab.page.getByText(customer.email)).toHaveCount(0);
  }
});

test('signing in in one tab signs in the others, with one cart', async ({ shop, api, context }) => {
  const person = newPerson();
  await api.register(person);
  await shop.add('pixel-8-pro');
  const other = new Shop(await context.newPage());
  await other.open('/auth/login');
  await other.signIn(person.email, person.password);
  await expect(accountMenu(other)).toBeVisible();
  await expect(accountMenu(shop)).toBeVisible();
  for (const tab of [shop, other]) {
    await expect(tab.cartLink).toHaveAccessibleName('Cart, 1 item');
  }
});
