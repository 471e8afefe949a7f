import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startAlbum } from "../../examples/photo-album/server.ts";
import { someBytes } from "../support/command/blobs.ts";
import { skipWithReason } from "../support/report.ts";
import { chromiumMissing, startChromium } from "./chromium.ts";

export const testTimeoutMs = 60_000;

/** A photo of noise as an uncompressed bitmap, which every browser reads. */
function bitmap(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(54);
  const pixels = someBytes(width * height * 3);
  header.write("BM");
  header.writeUInt32LE(54 + pixels.length, 2);
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  return Buffer.concat([header, pixels]);
}

/** Notes each value that the progress bar of an upload has. */
const watchBars = `(() => {
  window.progress = [];
  const { set } = Object.getOwnPropertyDescriptor(HTMLProgressElement.prototype, "value");
  Object.defineProperty(HTMLProgressElement.prototype, "value", { set(value) { window.progress.push(value); set.call(this, value); } });
})()`;

/** The pixels of an image, once it is there. */
const sizeOf = (page: Page, selector: string): Promise<readonly number[]> =>
  page.locator(selector).evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  });

const test = suite("browser/photo-album");

const missing = chromiumMissing();
if (missing !== undefined) skipWithReason("the photo album", missing);
else {
  test("a photo goes up with a progress bar, its thumbnail comes to all who look, and the photo comes back as it was", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "zserver-test-"));
    const kept = path.join(folder, "kept");
    const photo = path.join(folder, "lake.bmp");
    const bytes = bitmap(1_200, 800);
    writeFileSync(photo, bytes);
    mkdirSync(kept);
    const album = await startAlbum(kept);
    const browser = await startChromium();
    try {
      const [one, two] = [await browser.newPage(), await browser.newPage()];
      const lines: string[] = [];
      for (const page of [one, two]) {
        page.on("console", (message) => lines.push(message.text()));
        page.on("pageerror", (error) => lines.push(error.message));
        await page.addInitScript(watchBars);
        await page.goto(album.url);
      }
      await one.setInputFiles("#input", photo);
      for (const page of [one, two]) assert.equal(await sizeOf(page, "#photos img"), [160, 107]);
      await one.waitForSelector("#uploads li", { state: "detached" });
      const progress = (await one.evaluate("window.progress")) as readonly number[];
      assert.ok(progress.length > 20, `the bar moved ${progress.length} times`);
      assert.equal(
        progress,
        [...progress].sort((a, b) => a - b),
      );
      assert.is(progress.at(-1), 1);
      const files = readdirSync(kept);
      assert.is(files.length, 1);
      assert.ok(readFileSync(path.join(kept, files[0]!)).equals(bytes));
      await two.click("#photos img");
      await two.waitForSelector("dialog[open]");
      assert.equal(await sizeOf(two, "#large img"), [1_200, 800]);
      // Who comes later sees what is there.
      const three = await browser.newPage();
      await three.goto(album.url);
      assert.equal(await sizeOf(three, "#photos img"), [160, 107]);
      const text = path.join(folder, "notes.txt");
      writeFileSync(text, "not an image");
      await one.setInputFiles("#input", text);
      await one.waitForSelector("li:has-text('no image')", { timeout: 5_000 });
      assert.equal(lines, []);
    } finally {
      await browser.close();
      await album.close();
      rmSync(folder, { recursive: true });
    }
  });
}

test.run();
