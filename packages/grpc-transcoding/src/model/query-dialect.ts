/** How a query spells lists, messages in messages, and lists of messages. Names with dots are always read. */
export interface QueryDialect {
  /** `tag=a&tag=b`; `tag=a,b` as well (`csv`); `tag[]=a&tag[]=b` or `tag[0]=a&tag[1]=b` as well (`brackets`). @default "repeat" */
  readonly arrays: "repeat" | "csv" | "brackets";
  /** `price.gte=1`; `price[gte]=1` as well (`brackets`). @default "dot" */
  readonly objects: "dot" | "brackets";
  /** Whether `items[0].name=a` gives a field of a repeated message. @default false */
  readonly messages: boolean;
}
