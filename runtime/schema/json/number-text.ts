/** A number as JSON writes it. */
const form = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** More digits than this before the point are no integer of 64 bits. */
const mostDigits = 40;

/** The number that the text stands for; undefined for text that JSON has no number for, blanks and signs before it included. */
export function numberOf(text: string): number | undefined {
  return form.test(text) ? Number(text) : undefined;
}

/** The integer that the text stands for, exactly, `1.0` and `1e3` included; undefined for text that stands for none. */
export function integerOf(text: string): bigint | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end--;
  const before = whole.length + Number(exponent);
  if (end === 0) return 0n;
  if (before < end || before > mostDigits) return undefined;
  return BigInt(sign + digits.slice(0, end).padEnd(before, "0"));
}
