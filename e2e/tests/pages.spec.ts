// Every page on its own: it loads without a complaint of the browser, is named, and at three widths and in both themes it
// fits the screen and breaks no accessibility rule.
import { newPerson } from '../helpers/api.js';
import { expectAccessible } from '../helpers/axe.js';
import { expect, test, type Shop } from '../helpers/shop.js';

type PageUnderTest = { address: string; heading: string; title: string; prepare?: (shop: Shop) => Promise<void> };

const ANYBODYS: PageUnderTest[] = [
  { address: '/', heading: 'Things worth keeping.', title: 'Things worth keeping' },
  { address: '/products', heading: 'Products', title: 'Products' },
  { address: '/products?category=electronics&inStock=true&minPrice=1000&sort=price', heading: 'Products', title: 'Products' },
  { address: '/products?q=pro&minPrice=100', heading: 'Results for “pro”', title: 'Results for “pro”' },
  { address: '/products?q=ihpone', heading: 'Results for “ihpone”', title: 'Results for “ihpone”' },
  { address: '/products?q=xylophone', heading: 'Results for “xylophone”', title: 'Results for “xylophone”' },
  { address: '/products/macbook-pro-16', heading: 'MacBook Pro 16"', title: 'MacBook Pro 16"' },
  { address: '/categories', heading: 'Categories', title: 'Categories' },
  { address: '/categories/electronics', heading: 'Electronics', title: 'Electronics' },
  { address: '/cart', heading: 'Your cart', title: 'Your cart' },
  { address: '/auth/login', heading: 'Sign in', title: 'Sign in' },
  { address: '/auth/register', heading: 'Create an account', title: 'Create an account' },
  { address: '/no/such/page', heading: 'Page not found', title: 'Page not found' },
];

const CUSTOMERS: PageUnderTest[] = [
  { address: '/cart', heading: 'Your cart', title: 'Your cart', prepare: (shop) => shop.add('modern-table-lamp') },
  { address: '/checkout', heading: 'Checkout', title: 'Checkout', prepare: (shop) => shop.add('modern-table-lamp') },
  { address: '/account', heading: 'Your account', title: 'Your account' },
  { address: '/account/security', heading: 'Security', title: 'Security' },
];

const SCREENS = [
  { name: 'narrow and light', width: 360, height: 740, colorScheme: 'light' },
  { name: 'wide and dark', width: 1280, height: 900, colorScheme: 'dark' },
] as const;

async function expectSound(shop: Shop, { address, heading, title, prepare }: PageUnderTest) {
  const { page } = shop;
  await prepare?.(shop);
  await shop.open(address);
  await expect(shop.heading).toHaveText(heading);
  await expect(shop.heading).toHaveCount(1);
  await expect(page).toHaveTitle(`${title} · Alder`);
  const description = await page.locator('meta[name=description]').getAttribute('content');
  expect(description?.length ?? 0, 'length of the description').toBeGreaterThan(10);
  // From the width it was opened at to the others: what was built for one must fit them all.
  const opened = page.viewportSize()?.width ?? 360;
  for (const width of new Set([opened, 360, 768, 1280])) {
    await page.setViewportSize({ width, height: 800 });
    await shop.expectNoSidewaysScroll();
    // The narrow screen's turn takes the middle width as well, so that each width is looked at once.
    if (width === opened || (width === 768 && opened < 768)) await expectAccessible(page);
  }
}

for (const { name, width, height, colorScheme } of SCREENS) {
  test.describe(name, () => {
    test.use({ viewport: { width, height }, colorScheme });

    for (const subject of ANYBODYS) {
      test(`${subject.address} is sound`, async ({ shop }) => {
        await expectSound(shop, subject);
      });
    }

    test('the customer’s pages are sound', async ({ page, shop, api, customer }) => {
      // A dozen pages, one after the other.
      test.setTimeout(300_000);
      const token = await api.token(customer);
      const waiting = await api.placeOrder(token, 'mens-classic-tee');
      const paid = await api.placeOrder(token, 'book-system-design');
      await api.pay(token, paid.orderNumber);
      const orders = [
        { address: '/account/orders', heading: 'Your orders', title: 'Your orders' },
        ...[`/orders/${waiting.orderNumber}`, `/orders/${paid.orderNumber}?placed=true`, `/account/orders/${paid.orderNumber}`].map(
          (address) => {
            const heading = `Order ${/ORD-[^?]+/.exec(address)?.[0]}`;
            return { address, heading, title: heading };
          },
        ),
      ];
      for (const subject of [...CUSTOMERS, ...orders]) {
        await page.setViewportSize({ width, height });
        await test.step(subject.address, () => expectSound(shop, subject));
      }
    });

    test('forms with mistakes, messages and questions are accessible', async ({ page, shop, api, customer }) => {
      test.slow(true, 'axe reads the page many times');
      await shop.add('modern-table-lamp');
      await expectAccessible(page);
      await shop.open('/checkout');
      await shop.placeOrder.click();
      await expect(page.getByLabel('Address', { exact: true })).toBeFocused();
      await expectAccessible(page);

      const order = await api.placeOrder(await api.token(customer), 'mens-classic-tee');
      await shop.open(`/orders/${order.orderNumber}`);
      await page.getByRole('button', { name: 'Cancel order' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
      await shop.header.getByRole('button', { name: /^Account menu/ }).click();
      await expect(shop.header.getByRole('link', { name: 'Orders' })).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test.describe('what is not there', () => {
  const MISSING = [
    { address: '/products/no-such-thing', heading: 'Product not found' },
    { address: '/categories/no-such-thing', heading: 'Category not found' },
  ];
  for (const { address, heading } of MISSING) {
    test(`${address} says so and leads on`, async ({ page, shop, complaints }) => {
      complaints.expectAbout(/\/api\/catalog\/(products|categories)\/no-such-thing$/);
      await shop.open(address);
      await expect(shop.heading).toHaveText(heading);
      await expectAccessible(page);
      await page.getByRole('link', { name: 'See all products' }).click();
      await expect(page).toHaveURL('/products');
    });
  }

  test('an unknown order is not found', async ({ shop, customer, complaints }) => {
    complaints.expectAbout(/\/api\/orders\/ORD-0-000000$/);
    await shop.open('/orders/ORD-0-000000');
    await expect(shop.heading, customer.email).toHaveText('Order not found');
  });

  test('an empty cart invites to look around', async ({ page, shop }) => {
    await shop.open('/cart');
    await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();
    await page.getByRole('link', { name: 'Browse products' }).click();
    await expect(page).toHaveURL('/products');
  });

  test('an empty list offers to drop the filters', async ({ page, shop }) => {
    await shop.open('/products?category=books&minPrice=1000');
    await expect(page.getByRole('heading', { name: 'No products found' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Clear all filters' }).click();
    await expect(page).toHaveURL('/products');
    await expect(page.getByText('16 products')).toBeVisible();
  });

  test('a page past the end leads back to the first', async ({ page, shop }) => {
    await shop.open('/products?page=99');
    await page.getByRole('link', { name: 'Back to the first page' }).click();
    await expect(page).toHaveURL('/products');
  });

  test('somebody without orders is told how to get one', async ({ page, shop, customer }) => {
    await shop.open('/account/orders');
    await expect(page.getByRole('heading', { name: 'No orders' }), customer.email).toBeVisible();
  });
});

test.describe('when something fails', () => {
  const LIST = '**/api/catalog/products?*';

  test('being offline is said, and trying again works', async ({ page, shop, complaints }) => {
    complaints.expectAbout(/\/api\/catalog\/products\?/);
    await page.route(LIST, (route) => route.abort('internetdisconnected'));
    await shop.open('/products');
    const alert = page.getByRole('alert').filter({ hasText: 'You seem to be offline' });
    await expect(alert).toBeVisible();
    await expectAccessible(page);
    await page.unroute(LIST);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('16 products')).toBeVisible();
    await expect(alert).toHaveCount(0);
  });

  test('a failing server is said, with the number of the request', async ({ page, shop, complaints }) => {
    complaints.expectAbout(/\/api\/catalog\/products\?/);
    const error = { code: 'INTERNAL_ERROR', message: 'An unexpected error occurred', requestId: 'req-4711' };
    await page.route(LIST, (route) => route.fulfill({ status: 500, json: { success: false, error } }));
    await shop.open('/products');
    const alert = page.getByRole('alert').filter({ hasText: 'Something broke on our side' });
    await expect(alert).toContainText('req-4711');
    await page.unroute(LIST);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('16 products')).toBeVisible();
  });

  test('too many requests are said in the server’s words', async ({ page, shop, complaints }) => {
    complaints.expectAbout(/\/api\/catalog\/products\?/);
    const error = { code: 'RATE_LIMITED', message: 'Rate limit exceeded, retry in 1 minute', requestId: 'r' };
    await page.route(LIST, (route) =>
      route.fulfill({ status: 429, headers: { 'retry-after': '60' }, json: { success: false, error } }),
    );
    await shop.open('/products');
    await expect(page.getByRole('alert').filter({ hasText: error.message })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  });

  test('a cart whose prices can’t be checked still shows, and says so', async ({ page, shop, complaints }) => {
    complaints.expectAbout(/\/api\/cart\/quote$/);
    await shop.add('pixel-8-pro');
    await page.route('**/api/cart/quote', (route) => route.abort('connectionrefused'));
    await shop.cartLink.click();
    const alert = page.getByRole('alert').filter({ hasText: 'Prices could not be checked just now' });
    await expect(alert).toBeVisible();
    await expect(shop.amount('Total')).toHaveText('$989.99');
    await page.unroute('**/api/cart/quote');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(alert).toHaveCount(0);
  });

  test('a refused order names the reason and leaves everything as it was', async ({ page, shop, api, customer, complaints }) => {
    complaints.expectAbout(/\/api\/orders$/);
    await shop.add('pixel-8-pro');
    await shop.open('/checkout');
    await shop.fillAddress();
    await shop.fillCard();
    const error = { code: 'UNAVAILABLE', message: 'Service unavailable', requestId: 'req-4712' };
    await page.route('**/api/orders', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 503, json: { success: false, error } }) : route.fallback(),
    );
    await shop.placeOrder.click();
    await expect(page.getByRole('alert').filter({ hasText: 'req-4712' })).toBeVisible();
    await expect(page.getByLabel('Card number')).toHaveValue('4242 4242 4242 4242');
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
    expect(await api.orders(await api.token(customer))).toEqual([]);
  });
});

test.describe('signing in and up', () => {
  test('a wrong password is told in the server’s words', async ({ page, shop, api, complaints }) => {
    complaints.expectAbout(/\/api\/auth\/login$/);
    const person = newPerson();
    await api.register(person);
    await shop.open('/auth/login');
    await shop.signIn(person.email, 'not the password');
    await expect(page.getByRole('alert').filter({ hasText: 'Invalid email or password' })).toBeVisible();
    await expect(page.getByLabel('Email')).toHaveValue(person.email);
    await expectAccessible(page);
  });

  test('an e-mail address in use is told in the server’s words', async ({ page, shop, api, complaints }) => {
    complaints.expectAbout(/\/api\/auth\/register$/);
    const person = newPerson();
    await api.register(person);
    await shop.open('/auth/register');
    await shop.register(person);
    await expect(page.getByRole('alert').filter({ hasText: 'User with this email already exists' })).toBeVisible();
  });

  test('the registration form and the server find the same mistakes', async ({ page, shop, api }) => {
    await shop.open('/auth/register');
    const email = page.getByLabel('Email');
    const password = page.getByRole('textbox', { name: 'Password' });
    for (const typed of [
      { email: '', password: '' },
      { email: 'ada@', password: 'short' },
    ]) {
      const refused = await api.refusal('/api/auth/register', typed);
      await email.fill(typed.email);
      await password.fill(typed.password);
      await page.getByRole('button', { name: 'Create account' }).click();
      await expect(email).toHaveAccessibleDescription(refused.email?.[0] ?? '');
      await expect(password).toHaveAccessibleDescription(new RegExp(`^${refused.password?.[0]}`));
      await expect(email).toBeFocused();
    }
    await expect(email).toHaveAttribute('aria-invalid', 'true');
    await email.fill('ada@example.com');
    await expect(email).not.toHaveAttribute('aria-invalid', 'true');
  });

  test('the checkout and the server find the same mistakes', async ({ page, shop, api, customer }) => {
    const { id } = await api.product('pixel-8-pro');
    const blank = { firstName: '', lastName: '', address1: '', city: '', state: '', postalCode: '', country: 'U' };
    const body = { items: [{ productId: id, quantity: 1 }], shippingAddress: blank };
    const refused = await api.refusal('/api/orders', body, await api.token(customer));
    await shop.add('pixel-8-pro');
    await shop.open('/checkout');
    const address = page.getByRole('group', { name: 'Delivery address' });
    const fields = {
      firstName: 'First name',
      lastName: 'Last name',
      address1: 'Address',
      city: 'City',
      state: 'State or region',
      postalCode: 'Postal code',
      country: 'Country',
    };
    for (const [name, label] of Object.entries(fields)) {
      const field = address.getByLabel(label, { exact: true });
      await field.fill(blank[name as keyof typeof blank]);
      // A field tells its mistake as soon as it is left.
      await field.blur();
      await expect(field).toHaveAccessibleDescription(refused[`shippingAddress.${name}`]?.[0] ?? 'a message of the server');
    }
    await shop.placeOrder.click();
    await expect(address.getByLabel('First name')).toBeFocused();
    await expect(page.getByLabel('Card number')).toHaveAccessibleDescription('Card number is invalid');
  });

  test('the password can be shown', async ({ page, shop }) => {
    await shop.open('/auth/login');
    const password = page.getByLabel('Password', { exact: true });
    await password.fill('open sesame');
    await expect(password).toHaveAttribute('type', 'password');
    await page.getByRole('button', { name: 'Show password' }).click();
    await expect(password).toHaveAttribute('type', 'text');
    await expect(password).toHaveValue('open sesame');
  });

  test('a demo account is one press away', async ({ page, shop }) => {
    await shop.open('/auth/login');
    await page.getByRole('button', { name: 'Use John’s account' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL('/account');
    await expect(page.getByRole('status').filter({ hasText: 'Welcome back, John' })).toBeVisible();
  });

  test('?redirect= leads only within the shop', async ({ page, shop, api, baseURL }) => {
    const person = newPerson();
    await api.register(person);
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    const login = (target: string) => `/auth/login?redirect=${encodeURIComponent(target)}`;
    await shop.open(login('//evil.example'));
    await shop.signIn(person.email, person.password);
    await expect(page).toHaveURL('/account');
    // Whoever is signed in already is led on at once.
    for (const target of ['https://evil.example/', '/\\evil.example', 'javascript:alert(1)', '/\t/evil.example', 'evil.example']) {
      await page.goto(login(target));
      await expect(page, target).toHaveURL('/account');
      await expect(page.getByLabel('Email')).toHaveValue(person.email);
    }
    await page.goto(login('/products?page=2'));
    await expect(page).toHaveURL('/products?page=2');
    expect([...asked]).toEqual([new URL(baseURL ?? '').origin]);
  });

  test('signing in leads back to where one was', async ({ page, shop, api }) => {
    const person = newPerson();
    await api.register(person);
    await shop.open('/products?category=books&sort=name');
    await shop.header.getByRole('link', { name: 'Sign in' }).click();
    await shop.signIn(person.email, person.password);
    await expect(page).toHaveURL('/products?category=books&sort=name');
    await expect(page.getByText('2 products')).toBeVisible();
  });

  test('a private page asks to sign in first, and a reload keeps the session', async ({ page, shop, api }) => {
    const person = newPerson();
    await api.register(person);
    await page.goto('/account/orders?status=SHIPPED');
    await expect(page).toHaveURL('/auth/login?redirect=%2Faccount%2Forders%3Fstatus%3DSHIPPED');
    await shop.signIn(person.email, person.password);
    await expect(page).toHaveURL('/account/orders?status=SHIPPED');
    await page.reload();
    await expect(shop.heading).toHaveText('Your orders');
    await expect(shop.header.getByRole('button', { name: /^Account menu/ })).toBeVisible();
  });
});

test.describe('getting around', () => {
  test('filters live in the address: back, forward, reload and sharing keep them', async ({ page, shop, context }) => {
    const results = page.getByRole('region', { name: 'Products' });
    const chips = page.getByRole('list', { name: 'Active filters' });
    await shop.open('/products');
    await page.getByRole('checkbox', { name: 'In stock' }).check();
    await expect(page).toHaveURL('/products?inStock=true');
    await page.getByRole('link', { name: 'Electronics' }).click();
    await expect(page).toHaveURL('/products?category=electronics&inStock=true');
    await page.getByLabel('From', { exact: true }).fill('1000');
    await page.getByLabel('To', { exact: true }).fill('2000');
    await page.getByRole('button', { name: 'Apply price' }).click();
    const filtered = '/products?category=electronics&minPrice=1000.00&maxPrice=2000.00&inStock=true';
    await expect(page).toHaveURL(filtered);
    await expect(results.getByText('3 products')).toBeVisible();
    await expect(chips.getByRole('listitem')).toHaveText(['Electronics', '$1,000.00 – $2,000.00', 'In stock', 'Clear all']);

    await page.goBack();
    await expect(page).toHaveURL('/products?category=electronics&inStock=true');
    await expect(results.getByText('6 products')).toBeVisible();
    await expect(page.getByLabel('From', { exact: true })).toHaveValue('');
    await page.goForward();
    await expect(page).toHaveURL(filtered);
    await expect(results.getByText('3 products')).toBeVisible();
    await expect(page.getByLabel('From', { exact: true })).toHaveValue('1000.00');

    await page.reload();
    await expect(results.getByText('3 products')).toBeVisible();
    await expect(page.getByRole('checkbox', { name: 'In stock' })).toBeChecked();
    await expect(page.getByLabel('To', { exact: true })).toHaveValue('2000.00');

    const shared = await context.newPage();
    await shared.goto(filtered);
    await expect(shared.getByText('3 products')).toBeVisible();
    await shared.close();

    await chips.getByRole('link', { name: 'Remove filter: Electronics' }).click();
    await expect(page).toHaveURL('/products?minPrice=1000.00&maxPrice=2000.00&inStock=true');
    await chips.getByRole('link', { name: 'Clear all' }).click();
    await expect(page).toHaveURL('/products');
    await expect(chips).toHaveCount(0);
  });

  test('a price that is none is refused beside the field', async ({ page, shop }) => {
    await shop.open('/products');
    await page.getByLabel('From', { exact: true }).fill('cheap');
    await page.getByRole('button', { name: 'Apply price' }).click();
    await expect(page.getByText('Enter amounts such as 25 or 25.50')).toBeVisible();
    await expect(page.getByLabel('From', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await expect(page).toHaveURL('/products');
  });

  test('values in the address that make no sense are ignored', async ({ page, shop }) => {
    await shop.open('/products?page=-3&minPrice=abc&sort=sideways&inStock=maybe');
    await expect(page.getByText('16 products')).toBeVisible();
    await expect(page.getByLabel('Sort by')).toHaveValue('newest');
  });

  test('the focus goes to the heading, and the way back to where one was', async ({ page, shop }) => {
    await page.setViewportSize({ width: 1280, height: 500 });
    await shop.open('/products');
    const link = page.getByRole('link', { name: 'ThinkPad X1 Carbon' });
    await link.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => window.scrollY);
    expect(before).toBeGreaterThan(200);
    await link.click();
    await expect(shop.heading).toHaveText('ThinkPad X1 Carbon');
    await expect(shop.heading).toBeFocused();
    await expect(page).toHaveTitle('ThinkPad X1 Carbon · Alder');
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    await page.goBack();
    await expect(shop.heading).toHaveText('Products');
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(before);
  });

  test('a page seen before shows at once', async ({ page, shop }) => {
    await shop.open('/products/iphone-15-pro');
    await shop.header.getByRole('link', { name: 'Products', exact: true }).click();
    await expect(page.getByText('16 products')).toBeVisible();
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/catalog/products/iphone-15-pro', async (route) => {
      await held;
      await route.fallback();
    });
    await page.goBack();
    await expect(shop.heading).toHaveText('iPhone 15 Pro');
    answer();
    await page.unrouteAll({ behavior: 'wait' });
  });

  test('the skip link leads past the header', async ({ page, shop }) => {
    await shop.open('/products');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
    await expect(page).toHaveURL('/products');
  });

  test('the chosen theme outlives a reload', async ({ page, shop }) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await shop.open('/');
    const light = await paper();
    await page.getByRole('button', { name: 'Switch to dark theme' }).click();
    await expect.poll(paper).not.toBe(light);
    const dark = await paper();
    await page.reload();
    await expect(page.getByRole('button', { name: 'Switch to light theme' })).toBeVisible();
    expect(await paper()).toBe(dark);
  });

  test('every link of the header and the footer leads somewhere', async ({ page, shop, request }) => {
    await shop.open('/');
    const links = page.getByRole('banner').getByRole('link').or(page.getByRole('contentinfo').getByRole('link'));
    const addresses = await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    expect(addresses.length).toBeGreaterThan(8);
    for (const address of new Set(addresses)) {
      expect((await request.get(address)).status(), address).toBe(200);
    }
  });
});

test.describe('the cart', () => {
  test('it survives a reload, and other tabs follow', async ({ page, shop, context }) => {
    await shop.add('samsung-s24-ultra');
    await page.reload();
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
    const other = await context.newPage();
    await other.goto('/cart');
    await other.getByRole('button', { name: 'Increase quantity' }).click();
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 2 items');
    await other.close();
  });

  test('quantities stay within the stock, and removing can be undone', async ({ page, shop, api }) => {
    const product = await api.product('thinkpad-x1-carbon');
    await shop.add(product.slug);
    await shop.cartLink.click();
    const quantity = page.getByRole('textbox', { name: 'Quantity' });
    await quantity.fill('9999');
    await quantity.blur();
    await expect(quantity).toHaveValue(String(product.stock));
    await expect(page.getByRole('button', { name: 'Increase quantity' })).toBeDisabled();
    await quantity.fill('0');
    await quantity.blur();
    await expect(quantity).toHaveValue('1');
    await quantity.fill('two');
    await quantity.blur();
    await expect(quantity).toHaveValue('1');

    await page.getByRole('button', { name: `Remove ${product.name}` }).click();
    await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await expect(quantity).toHaveValue('1');
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 1 item');
  });

  test('shipping costs below fifty dollars, and the way to free shipping is shown', async ({ page, shop }) => {
    await shop.add('book-system-design');
    await shop.cartLink.click();
    await expect(shop.amount('Subtotal')).toHaveText('$39.99');
    await expect(shop.amount('Shipping')).toHaveText('$9.99');
    await expect(shop.amount('Tax')).toHaveText('$4.00');
    await expect(shop.amount('Total')).toHaveText('$53.98');
    await expect(page.getByText('Add $10.01 more for free shipping')).toBeVisible();
    await page.getByRole('button', { name: 'Increase quantity' }).click();
    await expect(shop.amount('Shipping')).toHaveText('Free');
    await expect(shop.amount('Total')).toHaveText('$87.98');
    await expect(page.getByText('Your order ships free')).toBeVisible();
  });

  test('the badge stops counting at 99', async ({ page, shop }) => {
    await shop.open('/products/mens-classic-tee');
    const quantity = page.getByRole('textbox', { name: 'Quantity' });
    await quantity.fill('120');
    await quantity.blur();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await expect(shop.cartLink).toHaveText('99+');
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 120 items');
  });

  test('a guest’s cart joins the customer’s own at sign-in', async ({ page, shop, api }) => {
    const person = newPerson();
    await api.register(person);
    await shop.add('pixel-8-pro');
    await shop.add('iphone-15-pro');
    await shop.open('/auth/login?redirect=/cart');
    await shop.signIn(person.email, person.password);
    await expect(page).toHaveURL('/cart');
    await expect(page.getByRole('list', { name: 'Products in your cart' }).getByRole('listitem')).toHaveCount(2);
    await expect(shop.cartLink).toHaveAccessibleName('Cart, 2 items');
  });
});
