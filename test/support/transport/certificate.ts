import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";

/** A certificate and its key, in PEM, as node:tls takes them. It is its own authority. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;

/** Tags of DER (ITU-T X.690) that a certificate needs. */
const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  UTC_TIME: 0x17,
  SEQUENCE: 0x30,
  SET: 0x31,
  /** Context-specific: the choices of GeneralName, and the explicit fields of TBSCertificate. */
  DNS_NAME: 0x82,
  IP_ADDRESS: 0x87,
  VERSION: 0xa0,
  EXTENSIONS: 0xa3,
} as const;

/** Object identifiers, encoded: RFC 5758 (ecdsa-with-SHA256), X.520 (commonName), RFC 5280 (the extensions). */
const Oid = {
  ECDSA_WITH_SHA256: "2a8648ce3d040302",
  COMMON_NAME: "550403",
  SUBJECT_ALT_NAME: "551d11",
  BASIC_CONSTRAINTS: "551d13",
} as const;

/**
 * Makes a self-signed certificate for these names and addresses, with a fresh P-256 key, valid from yesterday to tomorrow: X.509 version 3
 * as RFC 5280 has it, written by hand, since Node reads certificates and makes none.
 */
export function selfSigned(names: readonly string[] = ["localhost", "127.0.0.1", "::1"], now: number = Date.now()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid(Oid.ECDSA_WITH_SHA256));
  const name = sequence(der(Tag.SET, sequence(oid(Oid.COMMON_NAME), der(Tag.UTF8_STRING, Buffer.from(names[0]!)))));
  const body = sequence(
    der(Tag.VERSION, der(Tag.INTEGER, Buffer.of(2))),
    der(Tag.INTEGER, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now - DAY_MS), time(now + DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      Tag.EXTENSIONS,
      sequence(
        extension(Oid.SUBJECT_ALT_NAME, sequence(...names.map(generalName))),
        extension(Oid.BASIC_CONSTRAINTS, sequence(der(Tag.BOOLEAN, Buffer.of(0xff)))),
      ),
    ),
  );
  const certificate = sequence(body, algorithm, der(Tag.BIT_STRING, Buffer.of(0), sign("sha256", body, privateKey)));
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: pem(certificate) };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag, ...derLength(content.length)), content]);
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(Tag.SEQUENCE, ...parts);
}

function oid(hex: string): Buffer {
  return der(Tag.OBJECT_IDENTIFIER, Buffer.from(hex, "hex"));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(Tag.OCTET_STRING, value));
}

/** YYMMDDHHMMSSZ. */
function time(at: number): Buffer {
  return der(Tag.UTC_TIME, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replace(/\D/g, "")}Z`));
}

function generalName(name: string): Buffer {
  if (isIPv4(name)) return der(Tag.IP_ADDRESS, Buffer.from(name.split(".").map(Number)));
  if (isIPv6(name)) return der(Tag.IP_ADDRESS, ipv6(name));
  return der(Tag.DNS_NAME, Buffer.from(name));
}

function ipv6(text: string): Buffer {
  const [before = [], after = []] = text.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const groups = [...before, ...new Array<string>(8 - before.length - after.length).fill("0"), ...after];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
