// The customer's own pages: profile, password, devices and history.
import { newPerson } from '../helpers/api.js';
import { expectAccessible } from '../helpers/axe.js';
import { expect, test } from '../helpers/shop.js';

test('a changed name is saved, and the header follows', async ({ page, shop, customer }) => {
  await shop.open('/account');
  const save = page.getByRole('button', { name: 'Save changes' });
  await expect(page.getByLabel('Email')).toHaveValue(customer.email);
  await expect(page.getByLabel('Current password')).toHaveCount(0);
  await page.getByLabel('First name').fill('');
  await save.click();
  await expect(page.getByLabel('First name')).toHaveAccessibleDescription('First name must not be empty');
  await page.getByLabel('First name').fill('Augusta');
  await save.click();
  await expect(page.getByRole('status').filter({ hasText: 'Your profile is saved' })).toBeVisible();
  await expect(shop.header.getByRole('button', { name: 'Account menu of Augusta Lovelace' })).toBeVisible();
  await expect(save).toBeFocused();
  await page.reload();
  await expect(page.getByLabel('First name')).toHaveValue('Augusta');
});

test('a new address needs the password and must be free', async ({ page, shop, api, customer, complaints }) => {
  complaints.expectAbout(/\/api\/auth\/me$/);
  const other = newPerson();
  await api.register(other);
  const next = newPerson().email;
  await shop.open('/account');
  const save = page.getByRole('button', { name: 'Save changes' });
  const email = page.getByLabel('Email');
  const password = page.getByRole('textbox', { name: 'Current password' });
  await email.fill(next);
  await save.click();
  await expect(password).toHaveAccessibleDescription(/^Current password is required/);
  await expect(password).toBeFocused();
  await expectAccessible(page);
  await password.fill('not the password');
  await save.click();
  await expect(password).toHaveAccessibleDescription(/^Current password is incorrect/);
  await email.fill(other.email);
  await password.fill(customer.password);
  await save.click();
  await expect(email).toHaveAccessibleDescription('Email is already in use');
  await email.fill(next);
  await save.click();
  await expect(page.getByRole('status').filter({ hasText: 'Your profile is saved' })).toBeVisible();
  await expect(password).toHaveCount(0);
  await api.token({ ...customer, email: next });
});

test('the password is changed, and other devices are signed out', async ({ page, shop, api, customer, complaints, request }) => {
  complaints.expectAbout(/\/api\/auth\/change-password$/);
  const elsewhere = await api.token(customer);
  await shop.open('/account/security');
  const current = page.getByRole('textbox', { name: 'Current password' });
  const next = page.getByRole('textbox', { name: 'New password' });
  const change = page.getByRole('button', { name: 'Change password' });
  await current.fill('not the password');
  await next.fill('short');
  await change.click();
  await expect(next).toHaveAccessibleDescription(/^New password must be at least 8 characters/);
  await expect(next).toBeFocused();
  await next.fill('a much better password');
  await change.click();
  await expect(current).toHaveAccessibleDescription('Current password is incorrect');
  await current.fill(customer.password);
  await change.click();
  await expect(page.getByRole('status').filter({ hasText: 'Your password is changed' })).toBeVisible();
  await expect(current).toHaveValue('');
  await expect(page.getByRole('listitem').filter({ hasText: 'Last used' })).toHaveCount(1);
  const headers = { Authorization: `Bearer ${elsewhere}` };
  expect((await request.get('/api/auth/me', { headers })).status()).toBe(401);
  await api.token({ ...customer, password: 'a much better password' });
  await page.reload();
  await expect(shop.heading).toHaveText('Security');
});

test('devices are listed in words and signed out one by one or all at once', async ({ page, shop, api, customer }) => {
  // Registering was a sign-in, too; the page's own is the fourth.
  await api.token(customer);
  await api.token(customer);
  await shop.open('/account/security');
  const devices = page.getByRole('listitem').filter({ hasText: 'Last used' });
  await expect(devices).toHaveCount(4);
  const here = devices.filter({ hasText: 'This device' });
  await expect(here).toHaveCount(1);
  await expect(here).toContainText(/127\.0\.0\.1|::1/);
  await expect(here.getByRole('button')).toHaveCount(0);
  await devices.getByRole('button', { name: /^Sign out / }).first().click();
  await expect(devices).toHaveCount(3);
  await page.getByRole('button', { name: 'Sign out all other devices' }).click();
  await expect(devices).toHaveCount(1);
  await expect(here).toHaveCount(1);
  await expect(page.getByRole('status').filter({ hasText: 'All other devices are signed out' })).toBeVisible();
});

test('an order takes little room in the history, however narrow or wide the screen', async ({ page, shop, api, customer }) => {
  await api.placeOrder(await api.token(customer), 'mens-classic-tee');
  await shop.open('/account/orders');
  const row = page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('link', { name: /^ORD-/ }) });
  for (const width of [360, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    // Its number stands in one line; with the pictures and the status there are at most three.
    await expect.poll(async () => (await row.getByRole('link', { name: /^ORD-/ }).boundingBox())?.height, `${width}`).toBeLessThan(40);
    await expect.poll(async () => (await row.boundingBox())?.height, `${width}`).toBeLessThan(180);
  }
});

test('the history is filtered and paged in the address', async ({ page, shop, api, customer }) => {
  const token = await api.token(customer);
  for (let count = 0; count < 11; count += 1) {
    await api.placeOrder(token, 'mens-classic-tee');
  }
  const rows = page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('link', { name: /^ORD-/ }) });
  await shop.open('/account/orders');
  await expect(rows).toHaveCount(10);
  await page.getByRole('link', { name: 'Page 2' }).click();
  await expect(page).toHaveURL('/account/orders?page=2');
  await expect(rows).toHaveCount(1);
  await page.getByRole('link', { name: 'Cancelled' }).click();
  await expect(page).toHaveURL('/account/orders?status=CANCELLED');
  await expect(page.getByRole('heading', { name: 'No orders' })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL('/account/orders?page=2');
  await expect(rows).toHaveCount(1);
});
