// Going through a page without a pointer. Whatever has the focus must show it.
import { expect, type Locator, type Page } from '@playwright/test';

/** Most controls that may stand between one place and another. */
const MOST_STEPS = 80;

/** Moves the focus with Tab until it is on `goal`. */
export async function tabTo(page: Page, goal: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(goal).toBeVisible();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await goal.evaluate((element) => element === document.activeElement)) {
      await expectFocusToShow(page, goal);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${goal} can't be reached with ${key}`);
}

/** Compares pictures, since the mark may be drawn on another element than the one that has the focus. */
async function expectFocusToShow(page: Page, goal: Locator): Promise<void> {
  await expect(goal).toBeInViewport();
  const box = await goal.boundingBox();
  if (box === null) throw new Error(`${goal} has no size`);
  const clip = { x: Math.max(box.x - 6, 0), y: Math.max(box.y - 6, 0), width: box.width + 12, height: box.height + 12 };
  const focused = await page.screenshot({ clip });
  await goal.evaluate((element) => (element as HTMLElement).blur());
  const resting = await page.screenshot({ clip });
  await goal.evaluate((element) => (element as HTMLElement).focus({ preventScroll: true }));
  expect(focused.equals(resting), `${goal} looks the same with and without the focus`).toBe(false);
}

/** Goes to `goal` with Tab and presses a key on it. */
export async function press(page: Page, goal: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, goal);
  await page.keyboard.press(key);
}

/** Goes to a field with Tab and types into it. */
export async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.type(text);
}
