// A purchase without a pointer, on a screen as small as a laptop's at 200 % zoom. Whatever has the focus must show it.
import { CARDS, newPerson } from '../helpers/api.js';
import { press, tabTo, type } from '../helpers/keyboard.js';
import { expect, test } from '../helpers/shop.js';

test.use({ viewport: { width: 640, height: 450 } });

test('a purchase is made with the keyboard alone', async ({ page, shop, api }) => {
  test.slow();
  const person = newPerson();
  const main = page.getByRole('main');

  await test.step('skip the header and choose a product', async () => {
    await shop.open('/products?category=books');
    await press(page, page.getByRole('link', { name: 'Skip to content' }));
    await press(page, main.getByRole('link', { name: 'Clean Code' }));
    await expect(shop.heading).toHaveText('Clean Code');
    await expect(shop.heading).toBeFocused();
  });

  await test.step('two into the cart', async () => {
    await press(page, page.getByRole('button', { name: 'Increase quantity' }), 'Space');
    await press(page, page.getByRole('button', { name: 'Add to cart' }));
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 2 items');
    await tabTo(page, shop.cartLink, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(shop.heading).toHaveText('Your cart');
    await press(page, page.getByRole('link', { name: 'Go to checkout' }));
  });

  await test.step('register', async () => {
    await press(page, main.getByRole('link', { name: 'Create an account' }));
    await expect(shop.heading).toHaveText('Create an account');
    await type(page, page.getByLabel('First name'), person.firstName);
    await type(page, page.getByLabel('Last name'), person.lastName);
    await type(page, page.getByLabel('Email'), person.email);
    await type(page, page.getByRole('textbox', { name: 'Password' }), person.password);
    await page.keyboard.press('Enter');
    await expect(shop.header.getByRole('button', { name: /^Account menu/ })).toBeVisible();
    await expect(page).toHaveURL('/checkout');
    await expect(shop.heading).toBeFocused();
  });

  await test.step('address, test card, order', async () => {
    const address = page.getByRole('group', { name: 'Delivery address' });
    await type(page, address.getByLabel('Address', { exact: true }), '12 Analytical Way');
    await type(page, address.getByLabel('City'), 'London');
    await type(page, address.getByLabel('State or region'), 'Greater London');
    await type(page, address.getByLabel('Postal code'), 'W1U 6TQ');
    await type(page, address.getByLabel('Country'), 'United Kingdom');
    await press(page, page.getByRole('button', { name: CARDS.approved.effect }), 'Space');
    await expect(page.getByLabel('Card number')).toHaveValue('4242 4242 4242 4242');
    await press(page, shop.placeOrder);
    await expect(shop.heading).toHaveText(/^Order ORD-/);
    await expect(shop.orderStatus).toHaveText('Confirmed');
    await expect(shop.heading).toBeFocused();
  });

  await test.step('a dialog holds the focus and gives it back', async () => {
    const cancel = page.getByRole('button', { name: 'Cancel order' });
    const dialog = page.getByRole('dialog');
    await press(page, cancel);
    await expect(dialog.getByRole('button', { name: 'Keep order' })).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(dialog.getByRole('button', { name: 'Yes, cancel it' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(cancel).toBeFocused();
  });

  const orders = await api.orders(await api.token(person));
  expect(orders.map(({ status, items }) => [status, items[0]?.quantity])).toEqual([['CONFIRMED', 2]]);
});

test('the account menu opens and closes with the keyboard', async ({ page, shop, customer }) => {
  await shop.open('/products');
  const button = shop.header.getByRole('button', { name: /^Account menu/ });
  const orders = shop.header.getByRole('link', { name: 'Orders' });
  await press(page, button);
  await expect(orders, customer.email).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(orders).toBeHidden();
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await press(page, orders);
  await expect(shop.heading).toHaveText('Your orders');
});

test('filters and sorting work with the keyboard', async ({ page, shop }) => {
  await shop.open('/products');
  const filters = page.getByRole('button', { name: 'Filters' });
  const featured = page.getByRole('checkbox', { name: 'Featured' });
  await press(page, filters, 'Enter');
  await expect(filters).toHaveAttribute('aria-expanded', 'true');
  await press(page, featured, 'Space');
  await expect(page).toHaveURL('/products?featured=true');
  await expect(page.getByText('8 products')).toBeVisible();
  // Filtering must not throw the keyboard back to the top of the page.
  await expect(featured).toBeFocused();
});
