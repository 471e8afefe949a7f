/** The URL that `text` writes, or undefined. As `URL.parse`, which browsers learned late. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
