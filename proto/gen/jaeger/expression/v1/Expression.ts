// Original file: proto/jaeger/expression/v1/expression.proto

import type { AttributeReference as _jaeger_expression_v1_AttributeReference, AttributeReference__Output as _jaeger_expression_v1_AttributeReference__Output } from '../../../jaeger/expression/v1/AttributeReference.ts';
import type { FieldReference as _jaeger_expression_v1_FieldReference, FieldReference__Output as _jaeger_expression_v1_FieldReference__Output } from '../../../jaeger/expression/v1/FieldReference.ts';
import type { NestedReference as _jaeger_expression_v1_NestedReference, NestedReference__Output as _jaeger_expression_v1_NestedReference__Output } from '../../../jaeger/expression/v1/NestedReference.ts';
import type { Scalar as _jaeger_expression_v1_Scalar, Scalar__Output as _jaeger_expression_v1_Scalar__Output } from '../../../jaeger/expression/v1/Scalar.ts';
import type { List as _jaeger_expression_v1_List, List__Output as _jaeger_expression_v1_List__Output } from '../../../jaeger/expression/v1/List.ts';
import type { Call as _jaeger_expression_v1_Call, Call__Output as _jaeger_expression_v1_Call__Output } from '../../../jaeger/expression/v1/Call.ts';

export interface Expression {
  'attr'?: (_jaeger_expression_v1_AttributeReference | null);
  'field'?: (_jaeger_expression_v1_FieldReference | null);
  'nested'?: (_jaeger_expression_v1_NestedReference | null);
  'scalar'?: (_jaeger_expression_v1_Scalar | null);
  'list'?: (_jaeger_expression_v1_List | null);
  'call'?: (_jaeger_expression_v1_Call | null);
  'term'?: "attr"|"field"|"nested"|"scalar"|"list"|"call";
}

export interface Expression__Output {
  'attr'?: (_jaeger_expression_v1_AttributeReference__Output | null);
  'field'?: (_jaeger_expression_v1_FieldReference__Output | null);
  'nested'?: (_jaeger_expression_v1_NestedReference__Output | null);
  'scalar'?: (_jaeger_expression_v1_Scalar__Output | null);
  'list'?: (_jaeger_expression_v1_List__Output | null);
  'call'?: (_jaeger_expression_v1_Call__Output | null);
  'term'?: "attr"|"field"|"nested"|"scalar"|"list"|"call";
}
