import type { MetadataEntries } from "../model/metadata.ts";
import { isBinaryKey, isLegalKey, isLegalText, toHeaderText } from "../model/metadata-value.ts";
import { isDeniedResponseHeader, isUnsendableKey } from "../model/reserved-keys.ts";
import { statusDetailsKey } from "./status-details.ts";

type Value = string | Buffer;

/**
 * Trailers with the methods of grpc-js' class `Metadata`, for what has to be handed to grpc-js where grpc-js is not
 * at hand: it calls methods of what it is given, and asks for no class.
 */
export class TrailingMetadata {
  /** Under this name grpc-js' own `merge` reads another's entries. */
  readonly internalRepr: Map<string, Value[]> = new Map();
  private options: object = {};
  private opaque: Map<string, unknown> | undefined;

  /** Leaves out what must not, or cannot, stand among trailers: a throw in here would end the service. */
  static of(entries: MetadataEntries): TrailingMetadata {
    const metadata = new TrailingMetadata();
    for (const [name, value] of entries) {
      const key = name.toLowerCase();
      if (!isSendable(key)) continue;
      if (isBinaryKey(key) && typeof value !== "string") metadata.add(key, Buffer.from(value));
      if (!isBinaryKey(key) && typeof value === "string" && isLegalText(value)) {
        metadata.add(key, value);
      }
    }
    return metadata;
  }

  set(key: string, value: Value): void {
    this.internalRepr.set(key.toLowerCase(), [value]);
  }

  add(key: string, value: Value): void {
    this.internalRepr.set(key.toLowerCase(), [...this.get(key), value]);
  }

  remove(key: string): void {
    this.internalRepr.delete(key.toLowerCase());
  }

  get(key: string): Value[] {
    return this.internalRepr.get(key.toLowerCase()) ?? [];
  }

  getMap(): Record<string, Value> {
    const first = [...this.internalRepr].map(([key, values]) => [key, values[0] as Value]);
    return Object.fromEntries(first);
  }

  clone(): TrailingMetadata {
    const copy = new TrailingMetadata();
    copy.merge(this);
    copy.options = this.options;
    return copy;
  }

  merge(other: Pick<TrailingMetadata, "internalRepr">): void {
    for (const [key, values] of other.internalRepr) {
      this.internalRepr.set(key, [...this.get(key), ...values]);
    }
  }

  setOptions(options: object): void {
    this.options = options;
  }

  getOptions(): object {
    return this.options;
  }

  toHttp2Headers(): Record<string, string | string[]> {
    const headers = [...this.internalRepr].map(([key, values]) => {
      const texts = values.map(toHeaderText);
      return [key, texts.length === 1 ? texts[0] : texts];
    });
    return Object.fromEntries(headers);
  }

  toJSON(): Record<string, Value[]> {
    return Object.fromEntries(this.internalRepr);
  }

  setOpaque(key: string, value: unknown): void {
    this.opaque ??= new Map();
    this.opaque.set(key, value);
  }

  getOpaque(key: string): unknown {
    return this.opaque?.get(key);
  }
}

function isSendable(key: string): boolean {
  if (!isLegalKey(key) || isUnsendableKey(key)) return false;
  return key === statusDetailsKey || !isDeniedResponseHeader(key);
}
