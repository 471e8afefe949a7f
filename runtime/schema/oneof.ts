/** The value of a oneof that has the case `name`. */
export function memberOf<Choice extends { readonly case: string; readonly value: unknown }, Name extends Choice["case"]>(
  choice: Choice | undefined,
  name: Name,
): Extract<Choice, { readonly case: Name }>["value"] | undefined {
  return choice?.case === name ? choice.value : undefined;
}
