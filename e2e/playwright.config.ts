import { existsSync } from 'node:fs';
import { chromium, defineConfig } from '@playwright/test';

// `cargo xtask e2e` starts the shop and says where it is, and which browser the machine has.
const baseURL = process.env.BASE_URL ?? 'http://localhost:4000';
// Playwright's own browser where it has been downloaded, else the system's.
const executablePath = existsSync(chromium.executablePath()) ? undefined : (process.env.CHROMIUM_PATH ?? '/usr/bin/chromium');

const quietBrowser = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];
// Chromium's sandbox refuses to run as root, as in most containers.
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  // A shared machine can starve a browser for seconds: there, one more try, which the report names as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: true,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    baseURL,
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'light',
    // Pages must not be measured in the middle of a transition.
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
    // Recording every test would make the run half as long again; ask for it with `--trace on`.
    trace: 'off',
    launchOptions: { executablePath, chromiumSandbox: !isRoot, args: quietBrowser },
  },
});
