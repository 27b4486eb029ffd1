// The time between the page's HTML and the shop: the outline already shows what was asked for, and the shop takes over
// what has been asked, so that nothing is asked twice.
import type { Page } from '@playwright/test';
import { expect, test } from '../helpers/shop.js';

const CATALOG = '/api/catalog';
const FIRST_QUESTIONS: { address: string; asked: string[] }[] = [
  { address: '/', asked: [`${CATALOG}/products?limit=8&featured=true`, `${CATALOG}/products?limit=4`, `${CATALOG}/categories`] },
  { address: '/products', asked: [`${CATALOG}/products?limit=12`, `${CATALOG}/categories`] },
  { address: '/products?q=pro', asked: ['/api/search?q=pro&type=products&limit=12', `${CATALOG}/categories`] },
  { address: '/products?q=yoga%20mat', asked: ['/api/search?q=yoga%20mat&type=products&limit=12', `${CATALOG}/categories`] },
  { address: '/products?inStock=true', asked: [`${CATALOG}/products?limit=12&inStock=true`, `${CATALOG}/categories`] },
  {
    address: '/products/pixel-8-pro',
    asked: [`${CATALOG}/products/pixel-8-pro`, `${CATALOG}/products?limit=5&category=smartphones`],
  },
  { address: '/categories', asked: [`${CATALOG}/categories`] },
  {
    address: '/categories/books',
    asked: [`${CATALOG}/categories/books`, `${CATALOG}/categories`, `${CATALOG}/products?limit=12&category=books`],
  },
];

/** Keeps the shop itself on its way until the returned function is called. */
async function holdShop(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/frontend-[0-9a-f]+\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

type Box = { x: number; y: number; width: number; height: number } | null;

/** To three pixels: what stands above is not measured out. */
function expectSamePlace(box: Box, before: Box): void {
  expect(box).not.toBeNull();
  for (const side of ['x', 'y', 'width', 'height'] as const) {
    expect(Math.abs((box?.[side] ?? 0) - (before?.[side] ?? 0)), side).toBeLessThanOrEqual(3);
  }
}

for (const { address, asked } of FIRST_QUESTIONS) {
  test(`${address} asks the API each question once`, async ({ page, shop }) => {
    const requests: string[] = [];
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname.startsWith('/api/')) requests.push(pathname + search);
    });
    await shop.open(address);
    await expect.poll(() => [...requests].sort()).toEqual([...asked].sort());
    await page.waitForLoadState('networkidle');
    expect([...requests].sort()).toEqual([...asked].sort());
  });
}

test('a product shows before the shop has loaded', async ({ page, shop }) => {
  const release = await holdShop(page);
  await page.goto('/products/pixel-8-pro');
  await expect(shop.heading).toHaveText('Google Pixel 8 Pro');
  const picture = page.locator('#outline main:visible img');
  await expect(picture).toHaveAttribute('src', '/images/products/pixel-8-pro.svg');
  const before = await picture.boundingBox();
  release();
  await expect(page.getByRole('button', { name: 'Add to cart' })).toBeVisible();
  await expect(page.locator('#outline')).toHaveCount(0);
  // It stays where it is.
  expectSamePlace(await page.locator('.gallery > .product-picture').boundingBox(), before);
});

test('a list shows its first products as links before the shop has loaded', async ({ page, shop }) => {
  const release = await holdShop(page);
  await page.goto('/products?q=pro');
  await expect(shop.heading).toHaveText('Results for “pro”');
  const names = page.locator('#outline main:visible .product-card-name');
  await expect(names.first()).not.toHaveClass(/skeleton/);
  const early = await names.allTextContents();
  const before = await page.locator('#outline main:visible img').first().boundingBox();
  await expect(page.getByRole('link', { name: 'iPhone 15 Pro' })).toHaveAttribute('href', '/products/iphone-15-pro');
  release();
  await expect(page.locator('#outline')).toHaveCount(0);
  await expect(page.locator('#main .product-card-name').first()).toHaveText(early[0] ?? '');
  expectSamePlace(await page.locator('#main .product-card img').first().boundingBox(), before);
});

test('fewer products than places leave no empty place', async ({ page }) => {
  await holdShop(page);
  await page.goto('/products?q=lamp');
  await expect(page.locator('#outline main:visible .product-card')).toHaveCount(1);
  await expect(page.locator('#outline main:visible .product-grid .skeleton')).toHaveCount(0);
});

test('what the API refuses early is asked again by the shop, which says what is wrong', async ({ page, shop, complaints }) => {
  complaints.expectAbout(/\/api\/catalog\//);
  let times = 0;
  await page.route('**/api/catalog/products/pixel-8-pro', (route) => {
    times += 1;
    const error = { code: 'INTERNAL_ERROR', message: 'x', requestId: 'req-1' };
    return route.fulfill({ status: 500, json: { success: false, error } });
  });
  await shop.open('/products/pixel-8-pro');
  await expect(shop.heading).toHaveText('Something broke on our side');
  expect(times).toBe(2);
});

test('an API that does not answer early does not keep the shop from starting', async ({ page, shop }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/catalog/products?limit=12', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/products');
  // The cart belongs to the shop, not to the outline.
  await expect(shop.cartLink).toBeVisible();
  await expect(page.locator('#outline')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Clean Code' })).toHaveCount(0);
  release();
  await expect(page.getByRole('link', { name: 'Clean Code' })).toBeVisible();
});
