// Original file: proto/spangate/v1/trace_search.proto

import type { AttributeValue as _spangate_v1_AttributeValue, AttributeValue__Output as _spangate_v1_AttributeValue__Output } from '../../spangate/v1/AttributeValue.ts';

export interface ListAttributeValuesResponse {
  'values'?: (_spangate_v1_AttributeValue)[];
  'traceCount'?: (number);
}

export interface ListAttributeValuesResponse__Output {
  'values': (_spangate_v1_AttributeValue__Output)[];
  'traceCount': (number);
}
