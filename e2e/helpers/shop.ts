import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { Api, CARDS, newPerson, type Person } from './api.js';
import { Complaints } from './complaints.js';

/** The storefront as a shopper uses it. */
export class Shop {
  constructor(readonly page: Page) {}

  get header(): Locator {
    return this.page.getByRole('banner');
  }

  get cartLink(): Locator {
    return this.header.getByRole('link', { name: /^Cart, / });
  }

  /** The field of the search in the header. */
  get search(): Locator {
    return this.header.getByRole('combobox', { name: 'Search products' });
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  get placeOrder(): Locator {
    return this.page.getByRole('button', { name: /^Place order/ });
  }

  /** The question of the card's bank. */
  get bank(): Locator {
    return this.page.getByRole('dialog', { name: 'Is this your payment?' });
  }

  /** The lines of the cart that is on show. */
  get lines(): Locator {
    return this.page.getByRole('list', { name: 'Products in your cart' }).getByRole('listitem');
  }

  get orderStatus(): Locator {
    return this.page.getByRole('main').getByTestId('order-status');
  }

  /** The rows of a summary by their names: Subtotal, Shipping, Tax, Total. */
  amount(name: 'Subtotal' | 'Shipping' | 'Tax' | 'Total'): Locator {
    const term = this.page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) });
    return term.locator('xpath=following-sibling::dd[1]');
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await expect(this.heading).toBeVisible();
    await this.settled();
  }

  /** Waits until nothing is loading any more and it is known who is signed in. */
  async settled(): Promise<void> {
    const waiting = ['main [aria-busy=true]', 'main[aria-busy=true]', '.results-waiting', '.header-waiting'];
    await expect(this.page.locator(waiting.join(', '))).toHaveCount(0);
  }

  /** Puts units of a product into the cart, as a guest or a customer. */
  async add(slug: string): Promise<void> {
    await this.open(`/products/${slug}`);
    await this.page.getByRole('button', { name: 'Add to cart' }).click();
    await expect(this.page.getByRole('status').filter({ hasText: 'is in your cart' })).toBeVisible();
  }

  /** Makes the page's browser the one of a signed-in person, without the sign-in page. */
  async signInBehindTheScenes(person: Person): Promise<void> {
    const { email, password } = person;
    const answer = await this.page.request.post('/api/auth/login', { data: { email, password } });
    expect(answer.status()).toBe(200);
    // Once only: whoever signs out later stays signed out.
    await this.page.addInitScript(() => {
      if (sessionStorage.getItem('signed-in-by-test') === null) {
        sessionStorage.setItem('signed-in-by-test', '1');
        localStorage.setItem('alder.session', '1');
      }
    });
  }

  /** Fills in the registration form that is on show and sends it. */
  async register(person: Person): Promise<void> {
    await this.page.getByLabel('First name').fill(person.firstName);
    await this.page.getByLabel('Last name').fill(person.lastName);
    await this.page.getByLabel('Email').fill(person.email);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(person.password);
    await this.page.getByRole('button', { name: 'Create account' }).click();
  }

  /** Fills in the sign-in form that is on show and sends it. */
  async signIn(email: string, password: string): Promise<void> {
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  }

  async signOut(): Promise<void> {
    await this.header.getByRole('button', { name: /^Account menu/ }).click();
    await this.header.getByRole('button', { name: 'Sign out' }).click();
  }

  /** Fills in the delivery address of the checkout; the names come from the account. */
  async fillAddress(): Promise<void> {
    const address = this.page.getByRole('group', { name: 'Delivery address' });
    await address.getByLabel('Address', { exact: true }).fill('12 Analytical Way');
    await address.getByLabel('City').fill('London');
    await address.getByLabel('State or region').fill('Greater London');
    await address.getByLabel('Postal code').fill('W1U 6TQ');
    await address.getByLabel('Country').fill('United Kingdom');
  }

  /** Chooses a test card of the form that is on show and pays the order with it. */
  async payWith(card: keyof typeof CARDS): Promise<void> {
    await this.page.getByRole('button', { name: CARDS[card].effect }).click();
    await this.page.getByRole('button', { name: /^Pay \$/ }).click();
  }

  /** What the browser does when somebody comes back to the page. */
  async comeBack(): Promise<void> {
    await this.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  }

  /** Fails when the page can be pushed sideways. */
  async expectNoSidewaysScroll(): Promise<void> {
    const excess = () => this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    // The first answer after a change of size may come before the new layout.
    await expect.poll(excess, 'pixels beyond the screen').toBe(0);
  }

  /** Types a card into the form that is on show. */
  async fillCard(card: keyof typeof CARDS = 'approved'): Promise<void> {
    await this.page.getByLabel('Card number').fill(CARDS[card].number);
    await this.page.getByLabel('Expiry date').fill('12/40');
    await this.page.getByLabel('Security code').fill('123');
  }
}

type Fixtures = { complaints: Complaints; shop: Shop; api: Api; customer: Person };

/** A test whose browser must not complain. */
export const test = base.extend<Fixtures>({
  complaints: [
    async ({ page }, use) => {
      const complaints = new Complaints();
      await complaints.follow(page);
      await use(complaints);
      complaints.expectNone();
    },
    { auto: true },
  ],
  shop: async ({ page }, use) => {
    await use(new Shop(page));
  },
  api: async ({ playwright, baseURL }, use) => {
    const request = await playwright.request.newContext({ baseURL });
    await use(new Api(request));
    await request.dispose();
  },
  // Somebody with an account of their own, signed in from the first page on.
  customer: async ({ shop, api }, use) => {
    const person = newPerson();
    await api.register(person);
    await shop.signInBehindTheScenes(person);
    await use(person);
  },
});

export { expect };
