import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Waits, in the page, until a change of theme is through: some colours fade over. */
async function coloursSettled(): Promise<void> {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  // One that is taken away before its end has ended, too.
  await Promise.allSettled(fading.map((animation) => animation.finished));
}

/** Fails with the rule and the elements when the page breaks an accessibility rule, in the present theme or the other. */
export async function expectAccessible(page: Page): Promise<void> {
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const [present, other] = isDark ? (['dark', 'light'] as const) : (['light', 'dark'] as const);
  for (const colorScheme of [other, present]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(coloursSettled);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const told = violations.map(({ id, help, nodes }) => ({
      rule: `${id}: ${help}`,
      at: nodes.slice(0, 5).map((node) => `${node.target.join(' ')} — ${node.failureSummary ?? ''}`),
    }));
    expect(told, `accessibility rules, ${colorScheme}`).toEqual([]);
  }
}
