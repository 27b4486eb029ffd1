// What search engines and those who show links read about the shop.
import { expect, test, type Shop } from '../helpers/shop.js';

function head({ page }: Shop) {
  const attribute = (selector: string, name: string) => () => page.locator(`head ${selector}`).getAttribute(name);
  return {
    canonical: attribute('link[rel=canonical]', 'href'),
    robots: attribute('meta[name=robots]', 'content'),
    meta: (property: string) => attribute(`meta[property="${property}"]`, 'content'),
  };
}

test('a product says what it is, what it costs and whether it can be had', async ({ page, shop, api, baseURL }) => {
  const product = await api.product('macbook-pro-16');
  await shop.open('/products/macbook-pro-16?ref=mail');
  const { canonical, robots, meta } = head(shop);
  const address = `${baseURL}/products/macbook-pro-16`;
  await expect.poll(canonical).toBe(address);
  await expect.poll(robots).toBe('index, follow');
  await expect.poll(meta('og:title')).toBe(product.name);
  await expect.poll(meta('og:url')).toBe(address);
  await expect.poll(meta('og:image')).toBe(`${baseURL}/og.png`);
  const description = await page.locator('meta[name=description]').getAttribute('content');
  await expect.poll(meta('og:description')).toBe(description);

  const scripts = page.locator('script[type="application/ld+json"]');
  await expect(scripts).toHaveCount(1);
  const { '@graph': graph } = JSON.parse((await scripts.textContent()) ?? '');
  const [described, crumbs] = graph;
  expect(described).toMatchObject({ '@type': 'Product', name: product.name, sku: 'MACBOOK-PRO-16' });
  expect(described.offers).toMatchObject({
    '@type': 'Offer',
    url: address,
    price: product.price,
    priceCurrency: 'USD',
    availability: 'https://schema.org/InStock',
  });
  expect(described.image.every((picture: string) => picture.startsWith('http'))).toBe(true);
  expect(crumbs['@type']).toBe('BreadcrumbList');
  expect(crumbs.itemListElement.map((step: { name: string }) => step.name)).toEqual(['Products', 'Laptops', product.name]);

  await test.step('the next page does not say the same', async () => {
    await shop.cartLink.click();
    await expect(shop.heading).toHaveText('Your cart');
    await expect(scripts).toHaveCount(0);
    await expect.poll(canonical).toBe(`${baseURL}/cart`);
    await expect.poll(robots).toBe('noindex');
    await expect.poll(meta('og:title')).toBe('Your cart');
  });
});

test('lists are one page each, whatever they are filtered by', async ({ shop, baseURL }) => {
  const { canonical } = head(shop);
  await shop.open('/products?sort=price&inStock=true');
  await expect.poll(canonical).toBe(`${baseURL}/products`);
  await shop.open('/products?page=2');
  await expect.poll(canonical).toBe(`${baseURL}/products?page=2`);
});

test('a category says where it stands', async ({ page, shop }) => {
  await shop.open('/categories/laptops');
  const data = JSON.parse((await page.locator('script[type="application/ld+json"]').textContent()) ?? '');
  const names = data['@graph'][0].itemListElement.map((step: { name: string }) => step.name);
  expect(names).toEqual(['Categories', 'Electronics', 'Laptops']);
});

test('what does not exist stays out of search engines', async ({ shop, complaints }) => {
  complaints.expectAbout(/no-such-thing/);
  for (const address of ['/no/such/page', '/products/no-such-thing']) {
    await shop.open(address);
    await expect.poll(head(shop).robots, address).toBe('noindex');
  }
});

test('robots.txt, the sitemap and the manifest are complete', async ({ request, page, shop, baseURL }) => {
  const robots = await (await request.get('/robots.txt')).text();
  for (const path of ['/account', '/cart', '/checkout', '/orders', '/auth', '/api/']) {
    expect(robots).toContain(`Disallow: ${path}\n`);
  }
  expect(robots).toContain(`Sitemap: ${baseURL}/sitemap.xml\n`);
  const sitemap = await (await request.get('/sitemap.xml')).text();
  const addresses = [...sitemap.matchAll(/<loc>(.*?)<\/loc>/g)].map((match) => match[1] ?? '');
  expect(addresses).toHaveLength(28);
  expect(addresses.every((address) => address.startsWith(`${baseURL}/`))).toBe(true);

  await shop.open('/');
  const manifest = await (await request.get((await page.locator('link[rel=manifest]').getAttribute('href')) ?? '')).json();
  const sizes = new Map<string, string>();
  for (const { src, sizes: stated, type, purpose } of manifest.icons) {
    const answer = await request.get(src);
    expect(answer.headers()['content-type'], src).toBe(type);
    if (type === 'image/png') {
      const bytes = await answer.body();
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, src).toBe(stated);
    }
    sizes.set(`${stated} ${purpose ?? 'any'}`, src);
  }
  expect([...sizes.keys()]).toEqual(expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']));
});
