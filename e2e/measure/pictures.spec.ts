// Every page at three widths and in both themes, as pictures to be looked at: `target/pictures/<page>-<width>-<theme>.png`.
import { newPerson } from '../helpers/api.js';
import { expect, Shop, test } from '../helpers/shop.js';

const FOLDER = '../target/pictures';

const ANYBODYS = {
  home: '/',
  list: '/products',
  search: '/products?q=pro',
  'search-nothing': '/products?q=zzzz',
  product: '/products/iphone-15-pro',
  categories: '/categories',
  category: '/categories/electronics',
  'cart-empty': '/cart',
  login: '/auth/login',
  register: '/auth/register',
  missing: '/no/such/page',
};

for (const width of [360, 768, 1280]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`pictures ${width} ${colorScheme}`, async ({ browser, baseURL, api }) => {
      const context = await browser.newContext({ baseURL, viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const shop = new Shop(page);
      const take = async (name: string, address: string) => {
        await shop.open(address);
        // Pictures further down load when they come into sight.
        for (const img of await page.locator('main img').all()) await img.scrollIntoViewIfNeeded();
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.screenshot({ path: `${FOLDER}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      };
      for (const [name, address] of Object.entries(ANYBODYS)) await take(name, address);

      const person = newPerson();
      await api.register(person);
      await shop.add('modern-table-lamp');
      await shop.add('book-clean-code');
      await take('cart', '/cart');
      await shop.open('/auth/login?redirect=/checkout');
      await shop.signIn(person.email, person.password);
      await expect(shop.heading).toHaveText('Checkout');
      await take('checkout', '/checkout');
      const token = await api.token(person);
      const waiting = await api.placeOrder(token, 'mens-classic-tee');
      const paid = await api.placeOrder(token, 'book-system-design', 2);
      await api.pay(token, paid.orderNumber);
      await take('order-waiting', `/orders/${waiting.orderNumber}`);
      await take('order-paid', `/orders/${paid.orderNumber}?placed=true`);
      await take('account', '/account');
      await take('account-orders', '/account/orders');
      await take('account-security', '/account/security');
      await context.close();
    });
  }
}
