import { type Browser, chromium } from 'playwright-core';

/** Starts the browser that CHROME_PATH names, without its calls home. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROME_PATH'];
  if (!executablePath) {
    throw new Error(
      'CHROME_PATH names no browser; run the npm script, which finds or installs one.',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
