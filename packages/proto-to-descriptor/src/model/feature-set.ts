/** The resolved features of a declaration, as numbers of the enums in `google.protobuf.FeatureSet`. */
export interface FeatureSet {
  readonly fieldPresence: number;
  readonly enumType: number;
  readonly repeatedFieldEncoding: number;
  readonly utf8Validation: number;
  readonly messageEncoding: number;
  readonly jsonFormat: number;
  readonly enforceNamingStyle: number;
  readonly defaultSymbolVisibility: number;
}
