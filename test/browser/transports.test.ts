import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { transportCases } from "zserver/testing";
import { skipWithReason } from "../support/report.ts";
import { chromiumMissing, serveSite, startChromium, visit } from "./chromium.ts";
import type { TransportsResult } from "./pages/transports.ts";

export const testTimeoutMs = 90_000;

const test = suite("browser/transports");

const missing = chromiumMissing();
if (missing !== undefined) skipWithReason("message ports in a browser", missing);
else {
  const browser = await startChromium();
  const site = await serveSite(fileURLToPath(new URL("pages/transports.ts", import.meta.url)));
  test.after(async () => {
    await browser.close();
    await site.close();
  });

  for (const where of ["page", "worker"] as const) {
    test(`the ports of a ${where} pass every case of the suite`, async () => {
      const { result } = await visit(browser, site, {}, where);
      const { passed, failed } = result as TransportsResult;
      assert.equal(failed, []);
      assert.is(passed, transportCases({ name: "", pair: () => Promise.reject(new Error("not run")) }).length);
    });
  }
}

test.run();
