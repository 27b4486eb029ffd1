import { defineConfig } from '@playwright/test';
import base from '../playwright.config.js';

/** One after the other, with the machine to themselves: what is measured here is time. */
export default defineConfig({
  ...base,
  testDir: '.',
  outputDir: '../test-results',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 600_000,
});
