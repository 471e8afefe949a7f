/** protoc's lowerCamelCase: underscores are dropped and the letter behind each is capitalized; nothing else changes. */
export function defaultJsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
}
