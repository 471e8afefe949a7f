import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nativeCrypto } from "../../../runtime/crypto/native.ts";
import { portableCrypto } from "../../../runtime/crypto/portable.ts";
import { CryptoError, type CryptoProvider } from "../../../runtime/crypto/provider.ts";
import { selectCrypto } from "../../../runtime/crypto/select.ts";
import { isSodiumInstalled, loadSodium, sodiumCipher, sodiumMissingNotice } from "../../../runtime/crypto/sodium.ts";
import { note } from "../../support/report.ts";

/** What a browser pays for the primitives, gzip. Raised only with a reason. */
const PORTABLE_GZIP_BYTES = 19 * 1024;

const test = suite("crypto/native");

test("names say which implementation runs", () => {
  assert.is(nativeCrypto({ sodium: false }).name, "native (node:crypto)");
  assert.is(nativeCrypto().name, isSodiumInstalled() ? "native (sodium-native)" : "native (node:crypto)");
  assert.match(portableCrypto().name, /^portable/);
});

test("sodium: true is a demand, and options are checked", () => {
  if (isSodiumInstalled()) assert.is(nativeCrypto({ sodium: true }).name, "native (sodium-native)");
  else
    assert.throws(
      () => nativeCrypto({ sodium: true }),
      (error: unknown) => error instanceof CryptoError && /npm install sodium-native/.test(error.message),
    );
  assert.throws(() => nativeCrypto({ sodum: true } as object), /unknown option "sodum"/);
});

test("the notice names the version that the package declares as its peer", () => {
  const { peerDependencies } = JSON.parse(readFileSync(new URL("../../../runtime/package.json", import.meta.url), "utf8"));
  assert.is(peerDependencies["sodium-native"], "^5.0.0");
  assert.match(sodiumMissingNotice, /npm install sodium-native@5$/);
});

test("a library that reports a wrong tag by its result instead of throwing is believed too", () => {
  const sodium = loadSodium();
  const silent = { ...sodium!, crypto_aead_chacha20poly1305_ietf_decrypt: () => -1 };
  assert.is(
    sodiumCipher(silent).open(new Uint8Array(32), new Uint8Array(12), new Uint8Array(0), new Uint8Array(20), new Uint8Array(4)),
    false,
  );
});

test("an entry's own provider is taken where the caller gives none", () => {
  const given = portableCrypto();
  assert.is(
    selectCrypto(given, () => nativeCrypto()),
    given,
  );
  assert.match(selectCrypto(undefined, () => nativeCrypto()).name, /^native/);
  const incomplete = { name: "half", sha256: given.sha256 } as unknown as CryptoProvider;
  assert.throws(
    () => selectCrypto(incomplete, portableCrypto),
    (error: unknown) => error instanceof CryptoError && /no method x25519KeyPair/.test(error.message),
  );
});

test("the portable one bundles for browsers, without Node, within its size", async () => {
  const entry = 'export { portableCrypto } from "./runtime/crypto/portable.ts";';
  const resolveDir = new URL("../../..", import.meta.url).pathname;
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    conditions: ["source"],
  });
  const size = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  note(`portable crypto: ${size} bytes gzip`);
  assert.ok(size <= PORTABLE_GZIP_BYTES, `${size} bytes`);
  // tweetnacl asks for Node's module only where there is no browser's; its package tells bundlers to leave it out.
  const node = Object.keys(metafile.inputs).filter((input) => /node:|sodium/.test(input));
  assert.equal(node, []);
});

test.run();
