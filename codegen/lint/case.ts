/** Words begin with a capital and nothing stands between them: `HttpStatus`, `V2Reply`. */
export const isPascalCase = (name: string): boolean => /^[A-Z][A-Za-z0-9]*$/.test(name);

/** Words in small letters with one underscore between them: `room_id`, `line2`. */
export const isLowerSnakeCase = (name: string): boolean => /^[a-z0-9]+(_[a-z0-9]+)*$/.test(name);

/** Words in capitals with one underscore between them: `ROOM_ID`. */
export const isUpperSnakeCase = (name: string): boolean => /^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(name);

/**
 * The name in capitals, its words apart: `HTTPServerKind` is `HTTP_SERVER_KIND`. A word begins with a capital that follows a small letter or comes
 * before one; digits belong to the word before them.
 */
export function toUpperSnakeCase(name: string): string {
  const apart = name.replace(/(?<=[a-z])(?=[A-Z])|(?<=[^_])(?=[A-Z][a-z])/g, "_");
  return apart.replace(/_+/g, "_").replace(/^_|_$/g, "").toUpperCase();
}

/** The name with its words run together, each beginning with a capital: `do_it` is `DoIt`. */
export function toPascalCase(name: string): string {
  return name.replace(/_+([A-Za-z0-9]?)|^[a-z]/g, (first, next?: string) => (next ?? first).toUpperCase());
}
