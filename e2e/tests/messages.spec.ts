// The browser and the server find the same mistakes and say them in the same words: every form is filled in wrongly, and
// what stands beside its fields is compared with what the server answers to the same values.
import type { Locator } from '@playwright/test';
import { newPerson, type Api, type Order } from '../helpers/api.js';
import { expect, test, type Shop } from '../helpers/shop.js';

type Typed = Record<string, string>;
type Known = { order: Order };

type FormUnderTest = {
  name: string;
  open: (shop: Shop, known: Known) => Promise<Locator>;
  /** The label of the field at each path. */
  fields: Record<string, string>;
  /** What is typed, by path; other fields stay as they are. */
  mistakes: Typed[];
  /** What the server is sent. */
  request: (typed: Typed, known: Known) => { method: 'POST' | 'PATCH'; path: string; body: object };
  button: RegExp;
};

const LONG = 'x'.repeat(300);
const ADDRESS_FIELDS = {
  firstName: 'First name',
  lastName: 'Last name',
  address1: 'Address',
  address2: 'Apartment, floor, care of (optional)',
  city: 'City',
  state: 'State or region',
  postalCode: 'Postal code',
  country: 'Country',
  phone: 'Phone (optional)',
};
const BLANK_ADDRESS = { firstName: '', lastName: '', address1: '', city: '', state: '', postalCode: '', country: '' };
const LONG_ADDRESS = Object.fromEntries(Object.keys(ADDRESS_FIELDS).map((field) => [field, LONG]));
const GOOD_ADDRESS = { firstName: 'A', lastName: 'L', address1: '1', city: 'C', state: 'S', postalCode: 'P', country: 'GB' };

const FORMS: FormUnderTest[] = [
  {
    name: 'sign-in',
    open: async (shop) => {
      await shop.open('/auth/login');
      return shop.page.getByRole('main');
    },
    fields: { email: 'Email', password: 'Password' },
    mistakes: [{ email: '', password: '' }, { email: 'ada@', password: 'x' }, { email: `${LONG}@example.com`, password: 'x' }],
    request: (typed) => ({ method: 'POST', path: '/api/auth/login', body: typed }),
    button: /^Sign in$/,
  },
  {
    name: 'registration',
    open: async (shop) => {
      await shop.open('/auth/register');
      return shop.page.getByRole('main');
    },
    fields: { email: 'Email', password: 'Password', firstName: 'First name (optional)', lastName: 'Last name (optional)' },
    mistakes: [
      { email: '', password: '' },
      { email: 'ada@', password: 'short' },
      // 72 bytes are the most that bcrypt reads; these are fewer characters.
      { email: 'a b@example.com', password: 'ü'.repeat(40), firstName: LONG, lastName: LONG },
    ],
    request: (typed) => ({ method: 'POST', path: '/api/auth/register', body: typed }),
    button: /^Create account$/,
  },
  {
    name: 'profile',
    open: async (shop) => {
      await shop.open('/account');
      return shop.page.getByRole('main');
    },
    fields: { firstName: 'First name', lastName: 'Last name', email: 'Email' },
    mistakes: [
      { firstName: '', lastName: ' ', email: 'nobody' },
      { firstName: LONG, lastName: LONG, email: '' },
    ],
    request: (typed) => ({ method: 'PATCH', path: '/api/auth/me', body: typed }),
    button: /^Save changes$/,
  },
  {
    name: 'password',
    open: async (shop) => {
      await shop.open('/account/security');
      return shop.page.getByRole('main');
    },
    fields: { currentPassword: 'Current password', newPassword: 'New password' },
    mistakes: [
      { currentPassword: '', newPassword: '' },
      { currentPassword: 'something', newPassword: 'short' },
      { currentPassword: 'something', newPassword: 'x'.repeat(73) },
    ],
    request: (typed) => ({ method: 'POST', path: '/api/auth/change-password', body: typed }),
    button: /^Change password$/,
  },
  ...(['shippingAddress', 'billingAddress'] as const).map((which) => ({
    name: which === 'shippingAddress' ? 'delivery address' : 'billing address',
    open: async (shop: Shop) => {
      const { page } = shop;
      await shop.add('modern-table-lamp');
      await shop.open('/checkout');
      if (which === 'billingAddress') await page.getByRole('checkbox', { name: 'Same as delivery address' }).uncheck();
      return page.getByRole('group', { name: which === 'shippingAddress' ? 'Delivery address' : 'Billing address' });
    },
    fields: ADDRESS_FIELDS,
    mistakes: [BLANK_ADDRESS, LONG_ADDRESS, { ...GOOD_ADDRESS, country: 'U' }],
    request: (typed: Typed) => ({
      method: 'POST' as const,
      path: '/api/orders',
      body: { items: [{ productId: 'any', quantity: 1 }], shippingAddress: GOOD_ADDRESS, [which]: typed },
    }),
    button: /^Place order/,
  })),
  {
    name: 'card',
    open: async (shop, { order }) => {
      await shop.open(`/orders/${order.orderNumber}`);
      return shop.page.getByRole('main');
    },
    fields: { number: 'Card number', cvc: 'Security code' },
    mistakes: [
      { number: '', cvc: '' },
      { number: '4242 4242 4242 4241', cvc: '12' },
      { number: '4242', cvc: '12a' },
    ],
    request: ({ number, cvc }, { order }) => ({
      method: 'POST',
      path: `/api/orders/${order.orderNumber}/pay`,
      body: { method: 'card', card: { number, cvc, expMonth: 12, expYear: 2040 } },
    }),
    button: /^Pay /,
  },
];

/** What the server says of each field, by the path within the form. */
async function refused(api: Api, { method, path, body }: ReturnType<FormUnderTest['request']>, token: string): Promise<Typed> {
  const errors = await api.refusal(path, body, token, method);
  // The form's own part of the body is what stands behind the last dot.
  return Object.fromEntries(Object.entries(errors).map(([at, [first]]) => [at.split('.').pop() ?? at, first ?? '']));
}

for (const form of FORMS) {
  test(`the ${form.name} form and the server find the same mistakes`, async ({ shop, api }) => {
    const customer = newPerson();
    const token = await api.register(customer);
    const order = await api.placeOrder(token, 'book-clean-code');
    // The forms of signing in and up are for somebody who is not.
    if (!['sign-in', 'registration'].includes(form.name)) await shop.signInBehindTheScenes(customer);
    const known = { order };
    const place = await form.open(shop, known);
    const field = (path: string) => place.getByRole('textbox', { name: form.fields[path] ?? path, exact: true });
    for (const typed of form.mistakes) {
      const told = await refused(api, form.request(typed, known), token);
      expect(Object.keys(told).length, 'the server finds a mistake').toBeGreaterThan(0);
      for (const [path, text] of Object.entries(typed)) await field(path).fill(text);
      await shop.page.getByRole('main').getByRole('button', { name: form.button }).click();
      for (const path of Object.keys(typed)) {
        const message = told[path];
        const wrong = expect(field(path), `${path} ${JSON.stringify(typed[path])}`);
        if (message === undefined) {
          await wrong.not.toHaveAttribute('aria-invalid', 'true');
        } else {
          await wrong.toHaveAttribute('aria-invalid', 'true');
          // A hint may follow.
          await wrong.toHaveAccessibleDescription(new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
        }
      }
    }
  });
}
