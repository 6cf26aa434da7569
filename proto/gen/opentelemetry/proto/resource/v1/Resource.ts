// Original file: proto/opentelemetry/proto/resource/v1/resource.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { EntityRef as _opentelemetry_proto_common_v1_EntityRef, EntityRef__Output as _opentelemetry_proto_common_v1_EntityRef__Output } from '../../../../opentelemetry/proto/common/v1/EntityRef.ts';

export interface Resource {
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  'droppedAttributesCount'?: (number);
  'entityRefs'?: (_opentelemetry_proto_common_v1_EntityRef)[];
}

export interface Resource__Output {
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  'droppedAttributesCount': (number);
  'entityRefs': (_opentelemetry_proto_common_v1_EntityRef__Output)[];
}
