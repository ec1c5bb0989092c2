import type { Labels } from "./metric-sink.ts";

/** Label sets by a key, each made once: sinks may know them by the object. Every part of a key is of a known set, so there are not many. */
export class LabelSets {
  readonly #sets = new Map<string, Labels>();

  get(key: string, make: () => Labels): Labels {
    let labels = this.#sets.get(key);
    if (labels === undefined) {
      labels = make();
      this.#sets.set(key, labels);
    }
    return labels;
  }
}
