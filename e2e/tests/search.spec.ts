// Searching: suggestions while somebody types, and the results page, whose state is all in its address.
import { expectAccessible } from '../helpers/axe.js';
import { expect, test, type Shop } from '../helpers/shop.js';
import type { Page, Route } from '@playwright/test';

const SUGGEST = '**/api/search/suggest?*';

const options = (page: Page) => page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
const results = (page: Page) => page.getByRole('region', { name: 'Products' });
const cards = (page: Page) => results(page).getByRole('listitem').filter({ has: page.locator('img') });
const chips = (page: Page) => page.getByRole('list', { name: 'Active filters' });
const facet = (page: Page, name: 'Category' | 'Price range') => page.getByRole('navigation', { name });

/** The texts that suggestions were asked for. */
function asked(page: Page): string[] {
  const texts: string[] = [];
  page.on('request', (request) => {
    const address = new URL(request.url());
    if (address.pathname === '/api/search/suggest') texts.push(address.searchParams.get('q') ?? '');
  });
  return texts;
}

/** Types as a person does, so that every key is an event of its own. */
async function type(shop: Shop, text: string): Promise<void> {
  await shop.search.click();
  await shop.search.pressSequentially(text, { delay: 20 });
}

test.describe('suggestions', () => {
  test('typing gives products with pictures and prices, categories, and the search itself', async ({ page, shop }) => {
    const texts = asked(page);
    await shop.open('/');
    await expect(shop.search).toHaveAttribute('aria-expanded', 'false');
    await type(shop, 'pho');
    await expect(options(page)).toHaveText([/^iPhone 15 Pro\s*\$999\.99$/, /^Google Pixel 8 Pro/, 'Smartphones', 'Electronics', 'Search for “pho”']);
    await expect(options(page).first().locator('img')).toHaveAttribute('src', /iphone-15-pro/);
    await expect(page.getByRole('listbox').getByRole('group', { name: 'Products', exact: true }).getByRole('option')).toHaveCount(2);
    await expect(page.getByRole('listbox').getByRole('group', { name: 'Categories', exact: true }).getByRole('option')).toHaveCount(2);
    await expect(shop.search).toHaveAttribute('aria-expanded', 'true');
    await expect(page.getByRole('search').getByRole('status')).toHaveText('4 suggestions');
    expect(texts, 'one question after the last key').toEqual(['pho']);

    await options(page).filter({ hasText: 'iPhone' }).click();
    await expect(page).toHaveURL('/products/iphone-15-pro');
    await expect(shop.heading).toBeFocused();
    await expect(shop.search).toHaveValue('');
    await expect(options(page)).toHaveCount(0);
  });

  test('one character asks nothing', async ({ page, shop }) => {
    const texts = asked(page);
    await shop.open('/');
    await type(shop, 'i');
    await expect(shop.search).toHaveAttribute('aria-expanded', 'false');
    await shop.search.pressSequentially('p');
    await expect(options(page)).not.toHaveCount(0);
    await expect.poll(() => texts).toEqual(['ip']);
  });

  test('the keyboard is enough', async ({ page, shop }) => {
    await shop.open('/');
    await type(shop, 'pixel');
    await expect(page.getByRole('search').getByRole('status')).toHaveText(/suggestion/);
    await expect(shop.search).not.toHaveAttribute('aria-activedescendant', /./);

    await page.keyboard.press('ArrowDown');
    const first = options(page).first();
    await expect(first).toHaveAttribute('aria-selected', 'true');
    await expect(shop.search).toHaveAttribute('aria-activedescendant', (await first.getAttribute('id')) ?? 'an id');
    await expect(shop.search).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(options(page).last()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowDown');
    await expect(first).toHaveAttribute('aria-selected', 'true');

    // Editing keys go on editing.
    await page.keyboard.press('Home');
    await expect(page.getByRole('option', { selected: true })).toHaveCount(0);
    await page.keyboard.type('google ');
    await page.keyboard.press('End');
    await page.keyboard.type(' pro');
    await expect(shop.search).toHaveValue('google pixel pro');

    await expect(options(page).last()).toHaveText('Search for “google pixel pro”');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/products/pixel-8-pro');
    await expect(shop.heading).toBeFocused();
  });

  test('Enter searches for what was typed, and so does the last suggestion', async ({ page, shop }) => {
    await shop.open('/');
    await type(shop, 'pro');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/products?q=pro');
    await expect(shop.heading).toHaveText('Results for “pro”');
    await expect(shop.heading).toBeFocused();
    await expect(shop.search).toHaveValue('pro');
    await expect(options(page)).toHaveCount(0);

    await shop.search.fill('book');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/products?q=book');
    await expect(shop.heading).toHaveText('Results for “book”');
    await expect(shop.heading).toBeFocused();
    await page.goBack();
    await expect(shop.search).toHaveValue('pro');
    await shop.header.getByRole('link', { name: 'Categories' }).click();
    await expect(shop.search).toHaveValue('');
  });

  test('Escape closes and then clears, Tab and a click elsewhere close', async ({ page, shop }) => {
    await shop.open('/categories');
    await type(shop, 'lamp');
    await expect(options(page).first()).toHaveText(/^Modern Table Lamp/);
    await page.keyboard.press('Escape');
    await expect(options(page)).toHaveCount(0);
    await expect(shop.search).toHaveAttribute('aria-expanded', 'false');
    await expect(shop.search).toHaveValue('lamp');
    await page.keyboard.press('ArrowDown');
    await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(shop.search).toHaveValue('');
    await expect(shop.search).toBeFocused();

    await page.keyboard.type('lamp');
    await expect(options(page)).not.toHaveCount(0);
    await page.keyboard.press('Tab');
    await expect(options(page)).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Clear search' })).toBeFocused();
    await expect(shop.search).toHaveValue('lamp');

    await shop.search.click();
    await expect(options(page)).not.toHaveCount(0);
    // The edge of the page: the list lies over its heading.
    await page.mouse.click(4, 800);
    await expect(options(page)).toHaveCount(0);

    await shop.search.click();
    await page.getByRole('button', { name: 'Clear search' }).click();
    await expect(shop.search).toHaveValue('');
    await expect(shop.search).toBeFocused();
    await expect(page.getByRole('button', { name: 'Clear search' })).toHaveCount(0);
  });

  test('an answer that comes late is never shown', async ({ page, shop }) => {
    await shop.open('/');
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const late = async (route: Route) => {
      if (!route.request().url().includes('q=jeans')) return route.fallback();
      const answer = await route.fetch();
      await held;
      // The page has given this request up by now.
      await route.fulfill({ response: answer }).catch(() => {});
    };
    await page.route(SUGGEST, late);
    const first = page.waitForRequest(/suggest\?q=jeans/);
    const givenUp = page.waitForEvent('requestfailed', (request) => request.url().includes('q=jeans'));
    await type(shop, 'jeans');
    await first;
    await shop.search.fill('yoga');
    expect((await givenUp).failure()?.errorText).toBe('net::ERR_ABORTED');
    await expect(options(page).first()).toHaveText(/^Yoga Mat Pro/);
    release();
    await page.unrouteAll({ behavior: 'wait' });
    await expect(options(page).filter({ hasText: 'Jeans' })).toHaveCount(0);
    await expect(options(page).first()).toHaveText(/^Yoga Mat Pro/);
  });

  test('what no longer fits goes at once, before the next answer', async ({ page, shop }) => {
    await shop.open('/');
    await type(shop, 'pro');
    await expect(options(page).filter({ hasText: 'MacBook' })).toHaveCount(1);
    await page.route(SUGGEST, (route) => new Promise<void>((never) => void [route, never]));
    await shop.search.pressSequentially(' mac');
    await expect(options(page)).toHaveText([/MacBook Pro/, 'Search for “pro mac”']);
    await shop.search.pressSequentially('zz');
    await expect(options(page)).toHaveText(['Search for “pro maczz”']);
    await page.keyboard.press('Escape');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  test('without suggestions the search still works', async ({ page, shop, complaints }) => {
    complaints.expectAbout(/\/api\/search\/suggest/);
    await page.route(SUGGEST, (route) => route.abort('connectionrefused'));
    await shop.open('/');
    const failed = page.waitForEvent('requestfailed', (request) => request.url().includes('/suggest'));
    await type(shop, 'lamp');
    await failed;
    await expect(options(page)).toHaveText(['Search for “lamp”']);
    await expect(page.getByRole('alert').filter({ visible: true })).toHaveCount(0);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/products?q=lamp');
    await expect(cards(page)).toHaveCount(1);
  });

  test('an empty field offers what is popular when it is pressed', async ({ page, shop }) => {
    await shop.open('/');
    await shop.search.focus();
    await expect(options(page)).toHaveCount(0);
    await shop.search.click();
    await expect(page.getByRole('group', { name: 'Popular products' }).getByRole('option')).toHaveCount(4);
    await page.getByRole('group', { name: 'Popular categories' }).getByRole('option', { name: 'Smartphones' }).click();
    await expect(page).toHaveURL('/categories/smartphones');
  });

  test('what is typed before the shop has loaded is not lost', async ({ page, shop }) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/frontend-[0-9a-f]+\.wasm$/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/');
    const outline = page.getByRole('textbox', { name: 'Search products' });
    await outline.click();
    await outline.pressSequentially('yoga');
    release();
    await expect(shop.search).toHaveValue('yoga');
    await expect(shop.search).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(shop.heading).toHaveText('Results for “yoga”');
  });
});

test.describe('results', () => {
  test('say what was searched and how much was found, the best match first', async ({ page, shop }) => {
    await shop.open('/products?q=pro');
    await expect(shop.heading).toHaveText('Results for “pro”');
    await expect(page).toHaveTitle('Results for “pro” · Alder');
    await expect(results(page).getByText('4 results for “pro”')).toBeVisible();
    await expect(page.getByLabel('Sort by')).toHaveValue('relevance');
    await expect(cards(page)).toHaveCount(4);
    await expect(page.getByRole('checkbox', { name: 'Featured' })).toHaveCount(0);
    await expect(chips(page).getByRole('listitem')).toHaveText(['“pro”']);
    await chips(page).getByRole('link', { name: 'Remove search: “pro”' }).click();
    await expect(page).toHaveURL('/products');
    await expect(shop.heading).toHaveText('Products');
    await expect(results(page).getByText('16 products')).toBeVisible();
    await expect(page.getByLabel('Sort by')).toHaveValue('newest');
    await expect(page.getByLabel('Sort by').getByRole('option')).toHaveCount(4);
    await expect(page.getByRole('checkbox', { name: 'Featured' })).toBeVisible();
    await expect(shop.search).toHaveValue('');
  });

  test('a spelling mistake is corrected and told', async ({ page, shop }) => {
    await shop.open('/products?q=ihpone');
    await expect(shop.heading).toHaveText('Results for “ihpone”');
    await expect(page.getByRole('status').filter({ hasText: 'No results for “ihpone”. Showing results for “iphone” instead.' })).toBeVisible();
    await expect(results(page).getByText('1 result for “iphone”')).toBeVisible();
    await expect(cards(page)).toHaveText([/iPhone 15 Pro/]);
    await page.getByRole('status').getByRole('link', { name: '“iphone”' }).click();
    await expect(page).toHaveURL('/products?q=iphone');
    await expect(page.getByText('Showing results for')).toHaveCount(0);

    await shop.open('/products?q=ihpone&minPrice=5000.00');
    await expect(page.getByRole('status').filter({ hasText: 'none passes these filters' })).toBeVisible();
  });

  test('facets count what they would find, and narrow the list', async ({ page, shop }) => {
    await shop.open('/products?q=pro');
    await expect(facet(page, 'Category').getByRole('link')).toHaveText([/^All$/, /^Smartphones\s*2$/, /^Laptops\s*1$/, /^Sports & Outdoors\s*1$/]);
    await expect(page.getByRole('checkbox', { name: 'In stock 4' })).not.toBeChecked();
    const laptops = facet(page, 'Category').getByRole('link', { name: 'Laptops' });
    await laptops.focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL('/products?q=pro&category=laptops');
    await expect(results(page).getByText('1 result for “pro”')).toBeVisible();
    await expect(cards(page)).toHaveText([/MacBook Pro/]);
    await expect(laptops).toHaveAttribute('aria-current', 'true');
    // Narrowing must not throw the keyboard back to the top of the page.
    await expect(laptops).toBeFocused();
    await facet(page, 'Category').getByRole('link', { name: 'All' }).click();
    await expect(page).toHaveURL('/products?q=pro');

    const range = facet(page, 'Price range').getByRole('link', { name: '$500.00 – $999.99' });
    await expect(range).toHaveText(/2$/);
    await range.click();
    await expect(page).toHaveURL('/products?q=pro&minPrice=500.00&maxPrice=999.99');
    await expect(cards(page)).toHaveCount(2);
    await expect(page.getByLabel('From', { exact: true })).toHaveValue('500.00');
    await expect(chips(page).getByRole('listitem')).toHaveText(['“pro”', '$500.00 – $999.99']);
    await facet(page, 'Price range').getByRole('link', { name: 'Any price' }).click();
    await expect(page).toHaveURL('/products?q=pro');
  });

  test('filters, order and page live in the address: back, reload and sharing keep them', async ({ page, shop }) => {
    await shop.open('/products?q=a');
    await expect(results(page).getByText('16 results for “a”')).toBeVisible();
    await expect(cards(page)).toHaveCount(12);
    // Until the results in the new order are there, the links to other pages already lead to its pages.
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/api\/search\?.*sort/i, async (route) => {
      await held;
      // The page gives up the question whose results are no longer wanted.
      await route.continue().catch(() => {});
    });
    await page.getByLabel('Sort by').selectOption('Price: low to high');
    await expect(page).toHaveURL('/products?q=a&sort=price');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Page 2' }).click();
    release();
    await expect(page).toHaveURL('/products?q=a&sort=price&page=2');
    await shop.settled();
    await expect(cards(page)).toHaveCount(4);
    await expect(cards(page).last()).toContainText('MacBook Pro');
    await page.reload();
    await expect(cards(page).last()).toContainText('MacBook Pro');
    await expect(page.getByLabel('Sort by')).toHaveValue('price');
    await expect(shop.search).toHaveValue('a');

    await page.getByRole('checkbox', { name: 'In stock' }).check();
    await expect(page).toHaveURL('/products?q=a&inStock=true&sort=price');
    await facet(page, 'Category').getByRole('link', { name: 'Books' }).click();
    const narrowed = '/products?q=a&category=books&inStock=true&sort=price';
    await expect(page).toHaveURL(narrowed);
    await expect(cards(page)).toHaveCount(2);
    await expect(chips(page).getByRole('listitem')).toHaveText(['“a”', 'Books', 'In stock', 'Clear all']);
    await page.goBack();
    await expect(page).toHaveURL('/products?q=a&inStock=true&sort=price');
    await expect(results(page).getByText('16 results')).toBeVisible();
    await shop.open(narrowed);
    await expect(cards(page)).toHaveCount(2);
    await expect(page.getByRole('checkbox', { name: 'In stock' })).toBeChecked();

    await chips(page).getByRole('link', { name: 'Clear all' }).click();
    await expect(page).toHaveURL('/products?q=a&sort=price');
    await shop.search.fill('yoga');
    await page.keyboard.press('Enter');
    await expect(page, 'another search starts afresh').toHaveURL('/products?q=yoga');
  });

  test('nothing found helps on', async ({ page, shop }) => {
    await shop.open('/products?q=xylophone');
    await expect(shop.heading).toHaveText('Results for “xylophone”');
    await expect(results(page).getByText('0 results for “xylophone”')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'No products found' })).toBeVisible();
    await expect(page.getByText('Check the spelling.')).toBeVisible();
    const popular = page.getByRole('region', { name: 'What others look at' });
    await expect(popular.getByRole('listitem').filter({ hasText: '$' })).toHaveCount(6);
    await expect(popular.getByRole('link', { name: 'Smartphones 3' })).toBeVisible();
    await expectAccessible(page);
    await popular.getByRole('link', { name: /^Running Shoes Air/ }).click();
    await expect(page).toHaveURL('/products/running-shoes-air');

    await shop.open('/products?q=pro&minPrice=9000.00');
    await expect(page.getByText('matches all of these filters')).toBeVisible();
    await page.getByRole('link', { name: 'Clear all filters' }).click();
    await expect(page).toHaveURL('/products?q=pro');
    await expect(cards(page)).toHaveCount(4);

    await shop.open('/products?q=pro&category=no-such-category');
    await expect(page.getByRole('heading', { name: 'No products found' })).toBeVisible();
  });

  test('queries that are blank, odd or too long break nothing', async ({ page, shop }) => {
    await shop.open('/products?q=%20%20&sort=relevance');
    await expect(shop.heading).toHaveText('Products');
    await expect(results(page).getByText('16 products')).toBeVisible();
    await shop.open('/products?q=yoga+mat');
    await expect(cards(page)).toHaveText([/Yoga Mat Pro/]);
    await shop.open(`/products?q=${encodeURIComponent('50% <b>off</b> & "more" #1')}`);
    await expect(shop.heading).toHaveText('Results for “50% <b>off</b> & "more" #1”');
    await shop.open(`/products?q=${'x'.repeat(500)}`);
    await expect(shop.heading).toHaveText(/^Results for “x{59}…”$/);
    await expect(page.getByRole('heading', { name: 'No products found' })).toBeVisible();
    await expect(shop.search).toHaveValue('x'.repeat(200));
    await shop.search.fill('');
    await page.keyboard.press('Enter');
    await expect(page, 'an empty search leaves the search').toHaveURL('/products');
  });

  test('a failing search says so and can be tried again', async ({ page, shop, complaints }) => {
    complaints.expectAbout(/\/api\/search\?/);
    const error = { code: 'UNAVAILABLE', message: 'x', requestId: 'req-9' };
    await page.route('**/api/search?*', (route) => route.fulfill({ status: 503, json: { success: false, error } }));
    await shop.open('/products?q=pro');
    await expect(page.getByRole('alert').filter({ hasText: 'req-9' })).toBeVisible();
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(cards(page)).toHaveCount(4);
  });

  test('search engines are kept out of other searches', async ({ page, shop, baseURL }) => {
    await shop.open('/products?q=pro&sort=price');
    const robots = page.locator('meta[name=robots]');
    await expect(robots).toHaveAttribute('content', 'noindex');
    await expect(page.locator('link[rel=canonical]')).toHaveAttribute('href', `${baseURL}/products?q=pro`);
    await shop.header.getByRole('link', { name: 'Products', exact: true }).click();
    await expect(robots).toHaveAttribute('content', 'index, follow');
  });
});

for (const { width, height } of [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1280, height: 900 },
]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height } });

    test('the open list fits, moves nothing and is accessible in both themes', async ({ page, shop }) => {
      await shop.open('/products');
      const before = await shop.heading.boundingBox();
      await type(shop, 'pro');
      await expect(page.getByRole('search').getByRole('status')).toHaveText(/suggestions/);
      expect(await shop.heading.boundingBox(), 'the page stays where it is').toEqual(before);
      const list = await page.getByRole('listbox', { name: 'Suggestions' }).boundingBox();
      expect(list?.x ?? -1).toBeGreaterThanOrEqual(0);
      expect((list?.x ?? 0) + (list?.width ?? width)).toBeLessThanOrEqual(width);
      expect(list?.width ?? 0).toBeGreaterThan(280);
      const targets = options(page).or(shop.search).or(page.getByRole('search').getByRole('button'));
      for (const target of await targets.all()) {
        const box = await target.boundingBox();
        expect(box?.height ?? 0, `${target}`).toBeGreaterThanOrEqual(43.9);
      }
      await page.keyboard.press('ArrowDown');
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Switch to dark theme' }).click();
      await shop.search.click();
      await page.keyboard.press('ArrowDown');
      await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
      await expectAccessible(page);
    });

    test('a search from the header to a product', async ({ page, shop }) => {
      await shop.open('/');
      await type(shop, 'yoga');
      await page.getByRole('search').getByRole('button', { name: 'Search', exact: true }).click();
      await expect(page).toHaveURL('/products?q=yoga');
      await expect(shop.heading).toBeInViewport();
      await results(page).getByRole('link', { name: 'Yoga Mat Pro' }).click();
      await expect(shop.heading).toHaveText('Yoga Mat Pro');
    });
  });
}

test('the links beside the small field stay reachable by keyboard', async ({ page, shop }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await shop.open('/');
  const categories = shop.header.getByRole('link', { name: 'Categories' });
  await shop.search.focus();
  await expect(categories).toHaveCSS('opacity', '1');
  await expect(shop.header.getByRole('navigation')).toHaveCSS('opacity', '0');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(categories).toBeFocused();
  await expect(shop.header.getByRole('navigation')).toHaveCSS('opacity', '1');
});
