import { createHmac } from 'node:crypto';
import { expect, type APIRequestContext } from '@playwright/test';

/** Cards of the demo's payment provider. */
export const CARDS = {
  approved: { number: '4242424242424242', effect: 'Payment succeeds' },
  declined: { number: '4000000000000002', effect: 'Card is declined' },
  insufficientFunds: { number: '4000000000009995', effect: 'Insufficient funds' },
  confirmed: { number: '4000002500003155', effect: 'Needs a confirmation, then succeeds' },
  confirmedDeclined: { number: '4000008260003178', effect: 'Needs a confirmation, then is declined' },
  lateApproved: { number: '4000000000006009', effect: 'Processor is slow, succeeds later' },
  lateDeclined: { number: '4000000000006116', effect: 'Processor is slow, declines later' },
  answerLost: { number: '4000000000006223', effect: 'answer is lost' },
} as const;

/** What the provider's events are signed with unless the server is told otherwise. */
const WEBHOOK_SECRET = process.env.PAYMENT_WEBHOOK_SECRET ?? 'alder-development-webhook-secret-never-in-production';

export const ADDRESS = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  address1: '12 Analytical Way',
  city: 'London',
  state: 'Greater London',
  postalCode: 'W1U 6TQ',
  country: 'United Kingdom',
} as const;

export type Product = { id: string; slug: string; name: string; price: string; stock: number };
export type Order = {
  id: string;
  orderNumber: string;
  status: string;
  totalAmount: string;
  items: { quantity: number; product: { name: string } }[];
};
export type Payment = { id: string; status: string; amount: string; currency: string; cardLast4: string };
type Page<T> = { data: T[]; meta: { total: number } };

let customers = 0;

/** A person nobody has used before. */
export function newPerson() {
  customers += 1;
  // Long, as addresses are: pages must bear it on a narrow screen.
  const unique = `${Date.now().toString(36)}-${process.pid}-${customers}`;
  return { firstName: 'Ada', lastName: 'Lovelace', email: `ada.lovelace-${unique}@analytical-engines.example.com`, password: 'correct horse battery' };
}
export type Person = ReturnType<typeof newPerson>;

/** The shop's API, to look behind the storefront's back. Requests carry no cookies of the page. */
export class Api {
  constructor(private readonly request: APIRequestContext) {}

  async products(): Promise<Product[]> {
    const answer = await this.request.get('/api/catalog/products?limit=100');
    expect(answer.status()).toBe(200);
    return ((await answer.json()) as Page<Product>).data;
  }

  async product(slug: string): Promise<Product> {
    const answer = await this.request.get(`/api/catalog/products/${slug}`);
    expect(answer.status()).toBe(200);
    return ((await answer.json()) as { data: Product }).data;
  }

  async stock(slug: string): Promise<number> {
    return (await this.product(slug)).stock;
  }

  /** Registers a person and answers an access token. */
  async register(person: Person): Promise<string> {
    const answer = await this.request.post('/api/auth/register', { data: person });
    expect(answer.status()).toBe(201);
    return ((await answer.json()) as { data: { token: string } }).data.token;
  }

  /** Signs a person in beside the page and answers an access token. */
  async token(person: Person): Promise<string> {
    const { email, password } = person;
    const answer = await this.request.post('/api/auth/login', { data: { email, password } });
    expect(answer.status()).toBe(200);
    return ((await answer.json()) as { data: { token: string } }).data.token;
  }

  async orders(token: string): Promise<Order[]> {
    const answer = await this.request.get('/api/orders?limit=50', { headers: bearer(token) });
    expect(answer.status()).toBe(200);
    return ((await answer.json()) as Page<Order>).data;
  }

  async order(token: string, number: string): Promise<Order> {
    const answer = await this.request.get(`/api/orders/${number}`, { headers: bearer(token) });
    expect(answer.status()).toBe(200);
    return ((await answer.json()) as { data: Order }).data;
  }

  /** Places an order without paying it. */
  async placeOrder(token: string, slug: string, quantity = 1): Promise<Order> {
    const { id } = await this.product(slug);
    const answer = await this.request.post('/api/orders', {
      headers: bearer(token),
      data: { items: [{ productId: id, quantity }], shippingAddress: ADDRESS },
    });
    expect(answer.status()).toBe(201);
    return ((await answer.json()) as { data: Order }).data;
  }

  async pay(token: string, number: string): Promise<void> {
    const card = { number: CARDS.approved.number, expMonth: 12, expYear: 2040, cvc: '123' };
    const answer = await this.request.post(`/api/orders/${number}/pay`, {
      headers: { ...bearer(token), 'Idempotency-Key': `pay-${number}` },
      data: { method: 'card', card },
    });
    expect(answer.status()).toBe(200);
  }

  /** The attempts to pay an order, newest first. */
  async payments(token: string, number: string): Promise<Payment[]> {
    const answer = await this.request.get(`/api/orders/${number}/payments`, { headers: bearer(token) });
    expect(answer.status()).toBe(200);
    return ((await answer.json()) as { data: Payment[] }).data;
  }

  /** What the provider tells by itself about a payment that took long. */
  async settle(payment: Payment, kind: 'payment.succeeded' | 'payment.declined'): Promise<void> {
    const { id, amount, currency } = payment;
    const data = { paymentId: id, amount, currency, ...(kind === 'payment.declined' && { reason: 'Your card was declined' }) };
    const body = JSON.stringify({ id: `evt-${id}`, type: kind, data });
    const moment = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${moment}.${body}`).digest('hex');
    const answer = await this.request.post('/api/payments/webhook', {
      headers: { 'Content-Type': 'application/json', 'X-Payment-Signature': `t=${moment},v1=${signature}` },
      data: body,
    });
    expect(answer.status()).toBe(200);
  }

  /** What is in somebody's cart on the server: units by the name of the product, in their order. */
  async cart(token: string): Promise<[string, number][]> {
    const answer = await this.request.get('/api/cart', { headers: bearer(token) });
    expect(answer.status()).toBe(200);
    const { lines } = ((await answer.json()) as { data: { lines: { name: string; quantity: number }[] } }).data;
    return lines.map(({ name, quantity }) => [name, quantity]);
  }

  /** Puts units of a product into somebody's cart, as another device of theirs would. */
  async putItem(token: string, product: Product, quantity: number): Promise<void> {
    const answer = await this.request.put(`/api/cart/items/${product.id}`, { headers: bearer(token), data: { quantity } });
    expect(answer.status()).toBe(200);
  }

  /** A product that the shop has ceased to sell. */
  async archived(): Promise<Product> {
    const login = { email: 'admin@example.com', password: 'password123' };
    const signedIn = await this.request.post('/api/auth/login', { data: login });
    const { token } = ((await signedIn.json()) as { data: { token: string } }).data;
    const answer = await this.request.get('/api/catalog/products?status=ARCHIVED', { headers: bearer(token) });
    const [product] = ((await answer.json()) as Page<Product>).data;
    if (product === undefined) throw new Error('nothing is archived');
    return product;
  }

  /** The messages by field that the server refuses a body with. */
  async refusal(path: string, body: unknown, token?: string, method = 'POST'): Promise<Record<string, string[]>> {
    const answer = await this.request.fetch(path, { method, data: body, headers: token ? bearer(token) : {} });
    expect(answer.status()).toBe(422);
    return ((await answer.json()) as { error: { errors: Record<string, string[]> } }).error.errors;
  }
}

function bearer(token: string) {
  return { Authorization: `Bearer ${token}` };
}

/** An amount as the storefront writes it: `$1,299.99`. */
export function usd(amount: string | number): string {
  return Number(amount).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
}
