// The documentation of the API: a page of somebody else's making, under a policy that allows nothing inline.
import { expect, test } from '../helpers/shop.js';

test('the documentation can be read and tried without a complaint of the browser', async ({ page }) => {
  await page.goto('/api/docs/');
  const health = page.locator('#operations-operations-getHealth');
  // The page is made of every operation at once, which takes a busy machine a while.
  await health.getByRole('button').first().click({ timeout: 30_000 });
  await health.getByRole('button', { name: 'Try it out' }).click();
  await health.getByRole('button', { name: 'Execute' }).click();
  await expect(health.locator('.live-responses-table tbody .response-col_status').first()).toContainText('200');
});
