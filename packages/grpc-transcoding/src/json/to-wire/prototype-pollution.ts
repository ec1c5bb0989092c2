const bare = {};

/**
 * True while Object.prototype has enumerable properties, which `for in` then finds in every object.
 * The writers' loops check keys for being own only then.
 */
export let polluted = false;

/** Looks at Object.prototype anew, once per call of the codec. */
export function checkPrototype(): void {
  polluted = false;
  for (const _ in bare) polluted = true;
}
