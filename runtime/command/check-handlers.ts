/** Throws TypeError for handlers that are no list of implementations. The bare functions, or one implementation without a list, are what people pass first. */
export function checkHandlers(where: string, handlers: unknown): void {
  if (handlers === undefined) return;
  if (!Array.isArray(handlers) || !handlers.every(isImplementation))
    throw new TypeError(`${where}: \`handlers\` is a list of what \`implement\` gives, for example [implement(Chat, { … })]`);
}

function isImplementation(value: unknown): boolean {
  return typeof value === "object" && value !== null && "handlerSide" in value;
}
