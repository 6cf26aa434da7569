import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Any as _google_protobuf_Any, Any__Output as _google_protobuf_Any__Output } from './google/protobuf/Any.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { BadRequest as _google_rpc_BadRequest, BadRequest__Output as _google_rpc_BadRequest__Output } from './google/rpc/BadRequest.ts';
import type { LocalizedMessage as _google_rpc_LocalizedMessage, LocalizedMessage__Output as _google_rpc_LocalizedMessage__Output } from './google/rpc/LocalizedMessage.ts';
import type { RetryInfo as _google_rpc_RetryInfo, RetryInfo__Output as _google_rpc_RetryInfo__Output } from './google/rpc/RetryInfo.ts';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from './google/rpc/Status.ts';
import type { HealthClient as _grpc_health_v1_HealthClient, HealthDefinition as _grpc_health_v1_HealthDefinition } from './grpc/health/v1/Health.ts';
import type { HealthCheckRequest as _grpc_health_v1_HealthCheckRequest, HealthCheckRequest__Output as _grpc_health_v1_HealthCheckRequest__Output } from './grpc/health/v1/HealthCheckRequest.ts';
import type { HealthCheckResponse as _grpc_health_v1_HealthCheckResponse, HealthCheckResponse__Output as _grpc_health_v1_HealthCheckResponse__Output } from './grpc/health/v1/HealthCheckResponse.ts';
import type { HealthListRequest as _grpc_health_v1_HealthListRequest, HealthListRequest__Output as _grpc_health_v1_HealthListRequest__Output } from './grpc/health/v1/HealthListRequest.ts';
import type { HealthListResponse as _grpc_health_v1_HealthListResponse, HealthListResponse__Output as _grpc_health_v1_HealthListResponse__Output } from './grpc/health/v1/HealthListResponse.ts';
import type { ArchiveTraceRequest as _jaeger_api_v2_ArchiveTraceRequest, ArchiveTraceRequest__Output as _jaeger_api_v2_ArchiveTraceRequest__Output } from './jaeger/api_v2/ArchiveTraceRequest.ts';
import type { ArchiveTraceResponse as _jaeger_api_v2_ArchiveTraceResponse, ArchiveTraceResponse__Output as _jaeger_api_v2_ArchiveTraceResponse__Output } from './jaeger/api_v2/ArchiveTraceResponse.ts';
import type { Batch as _jaeger_api_v2_Batch, Batch__Output as _jaeger_api_v2_Batch__Output } from './jaeger/api_v2/Batch.ts';
import type { CollectorServiceClient as _jaeger_api_v2_CollectorServiceClient, CollectorServiceDefinition as _jaeger_api_v2_CollectorServiceDefinition } from './jaeger/api_v2/CollectorService.ts';
import type { DependencyLink as _jaeger_api_v2_DependencyLink, DependencyLink__Output as _jaeger_api_v2_DependencyLink__Output } from './jaeger/api_v2/DependencyLink.ts';
import type { FindTracesRequest as _jaeger_api_v2_FindTracesRequest, FindTracesRequest__Output as _jaeger_api_v2_FindTracesRequest__Output } from './jaeger/api_v2/FindTracesRequest.ts';
import type { GetDependenciesRequest as _jaeger_api_v2_GetDependenciesRequest, GetDependenciesRequest__Output as _jaeger_api_v2_GetDependenciesRequest__Output } from './jaeger/api_v2/GetDependenciesRequest.ts';
import type { GetDependenciesResponse as _jaeger_api_v2_GetDependenciesResponse, GetDependenciesResponse__Output as _jaeger_api_v2_GetDependenciesResponse__Output } from './jaeger/api_v2/GetDependenciesResponse.ts';
import type { GetOperationsRequest as _jaeger_api_v2_GetOperationsRequest, GetOperationsRequest__Output as _jaeger_api_v2_GetOperationsRequest__Output } from './jaeger/api_v2/GetOperationsRequest.ts';
import type { GetOperationsResponse as _jaeger_api_v2_GetOperationsResponse, GetOperationsResponse__Output as _jaeger_api_v2_GetOperationsResponse__Output } from './jaeger/api_v2/GetOperationsResponse.ts';
import type { GetServicesRequest as _jaeger_api_v2_GetServicesRequest, GetServicesRequest__Output as _jaeger_api_v2_GetServicesRequest__Output } from './jaeger/api_v2/GetServicesRequest.ts';
import type { GetServicesResponse as _jaeger_api_v2_GetServicesResponse, GetServicesResponse__Output as _jaeger_api_v2_GetServicesResponse__Output } from './jaeger/api_v2/GetServicesResponse.ts';
import type { GetTraceRequest as _jaeger_api_v2_GetTraceRequest, GetTraceRequest__Output as _jaeger_api_v2_GetTraceRequest__Output } from './jaeger/api_v2/GetTraceRequest.ts';
import type { KeyValue as _jaeger_api_v2_KeyValue, KeyValue__Output as _jaeger_api_v2_KeyValue__Output } from './jaeger/api_v2/KeyValue.ts';
import type { Log as _jaeger_api_v2_Log, Log__Output as _jaeger_api_v2_Log__Output } from './jaeger/api_v2/Log.ts';
import type { Operation as _jaeger_api_v2_Operation, Operation__Output as _jaeger_api_v2_Operation__Output } from './jaeger/api_v2/Operation.ts';
import type { OperationSamplingStrategy as _jaeger_api_v2_OperationSamplingStrategy, OperationSamplingStrategy__Output as _jaeger_api_v2_OperationSamplingStrategy__Output } from './jaeger/api_v2/OperationSamplingStrategy.ts';
import type { PerOperationSamplingStrategies as _jaeger_api_v2_PerOperationSamplingStrategies, PerOperationSamplingStrategies__Output as _jaeger_api_v2_PerOperationSamplingStrategies__Output } from './jaeger/api_v2/PerOperationSamplingStrategies.ts';
import type { PostSpansRequest as _jaeger_api_v2_PostSpansRequest, PostSpansRequest__Output as _jaeger_api_v2_PostSpansRequest__Output } from './jaeger/api_v2/PostSpansRequest.ts';
import type { PostSpansResponse as _jaeger_api_v2_PostSpansResponse, PostSpansResponse__Output as _jaeger_api_v2_PostSpansResponse__Output } from './jaeger/api_v2/PostSpansResponse.ts';
import type { ProbabilisticSamplingStrategy as _jaeger_api_v2_ProbabilisticSamplingStrategy, ProbabilisticSamplingStrategy__Output as _jaeger_api_v2_ProbabilisticSamplingStrategy__Output } from './jaeger/api_v2/ProbabilisticSamplingStrategy.ts';
import type { Process as _jaeger_api_v2_Process, Process__Output as _jaeger_api_v2_Process__Output } from './jaeger/api_v2/Process.ts';
import type { QueryServiceClient as _jaeger_api_v2_QueryServiceClient, QueryServiceDefinition as _jaeger_api_v2_QueryServiceDefinition } from './jaeger/api_v2/QueryService.ts';
import type { RateLimitingSamplingStrategy as _jaeger_api_v2_RateLimitingSamplingStrategy, RateLimitingSamplingStrategy__Output as _jaeger_api_v2_RateLimitingSamplingStrategy__Output } from './jaeger/api_v2/RateLimitingSamplingStrategy.ts';
import type { SamplingManagerClient as _jaeger_api_v2_SamplingManagerClient, SamplingManagerDefinition as _jaeger_api_v2_SamplingManagerDefinition } from './jaeger/api_v2/SamplingManager.ts';
import type { SamplingStrategyParameters as _jaeger_api_v2_SamplingStrategyParameters, SamplingStrategyParameters__Output as _jaeger_api_v2_SamplingStrategyParameters__Output } from './jaeger/api_v2/SamplingStrategyParameters.ts';
import type { SamplingStrategyResponse as _jaeger_api_v2_SamplingStrategyResponse, SamplingStrategyResponse__Output as _jaeger_api_v2_SamplingStrategyResponse__Output } from './jaeger/api_v2/SamplingStrategyResponse.ts';
import type { Span as _jaeger_api_v2_Span, Span__Output as _jaeger_api_v2_Span__Output } from './jaeger/api_v2/Span.ts';
import type { SpanRef as _jaeger_api_v2_SpanRef, SpanRef__Output as _jaeger_api_v2_SpanRef__Output } from './jaeger/api_v2/SpanRef.ts';
import type { SpansResponseChunk as _jaeger_api_v2_SpansResponseChunk, SpansResponseChunk__Output as _jaeger_api_v2_SpansResponseChunk__Output } from './jaeger/api_v2/SpansResponseChunk.ts';
import type { Trace as _jaeger_api_v2_Trace, Trace__Output as _jaeger_api_v2_Trace__Output } from './jaeger/api_v2/Trace.ts';
import type { TraceQueryParameters as _jaeger_api_v2_TraceQueryParameters, TraceQueryParameters__Output as _jaeger_api_v2_TraceQueryParameters__Output } from './jaeger/api_v2/TraceQueryParameters.ts';
import type { DependenciesResponse as _jaeger_api_v3_DependenciesResponse, DependenciesResponse__Output as _jaeger_api_v3_DependenciesResponse__Output } from './jaeger/api_v3/DependenciesResponse.ts';
import type { Dependency as _jaeger_api_v3_Dependency, Dependency__Output as _jaeger_api_v3_Dependency__Output } from './jaeger/api_v3/Dependency.ts';
import type { FindTraceSummariesRequest as _jaeger_api_v3_FindTraceSummariesRequest, FindTraceSummariesRequest__Output as _jaeger_api_v3_FindTraceSummariesRequest__Output } from './jaeger/api_v3/FindTraceSummariesRequest.ts';
import type { FindTraceSummariesResponse as _jaeger_api_v3_FindTraceSummariesResponse, FindTraceSummariesResponse__Output as _jaeger_api_v3_FindTraceSummariesResponse__Output } from './jaeger/api_v3/FindTraceSummariesResponse.ts';
import type { FindTracesRequest as _jaeger_api_v3_FindTracesRequest, FindTracesRequest__Output as _jaeger_api_v3_FindTracesRequest__Output } from './jaeger/api_v3/FindTracesRequest.ts';
import type { GetDependenciesRequest as _jaeger_api_v3_GetDependenciesRequest, GetDependenciesRequest__Output as _jaeger_api_v3_GetDependenciesRequest__Output } from './jaeger/api_v3/GetDependenciesRequest.ts';
import type { GetOperationsRequest as _jaeger_api_v3_GetOperationsRequest, GetOperationsRequest__Output as _jaeger_api_v3_GetOperationsRequest__Output } from './jaeger/api_v3/GetOperationsRequest.ts';
import type { GetOperationsResponse as _jaeger_api_v3_GetOperationsResponse, GetOperationsResponse__Output as _jaeger_api_v3_GetOperationsResponse__Output } from './jaeger/api_v3/GetOperationsResponse.ts';
import type { GetServicesRequest as _jaeger_api_v3_GetServicesRequest, GetServicesRequest__Output as _jaeger_api_v3_GetServicesRequest__Output } from './jaeger/api_v3/GetServicesRequest.ts';
import type { GetServicesResponse as _jaeger_api_v3_GetServicesResponse, GetServicesResponse__Output as _jaeger_api_v3_GetServicesResponse__Output } from './jaeger/api_v3/GetServicesResponse.ts';
import type { GetTraceRequest as _jaeger_api_v3_GetTraceRequest, GetTraceRequest__Output as _jaeger_api_v3_GetTraceRequest__Output } from './jaeger/api_v3/GetTraceRequest.ts';
import type { Operation as _jaeger_api_v3_Operation, Operation__Output as _jaeger_api_v3_Operation__Output } from './jaeger/api_v3/Operation.ts';
import type { QueryServiceClient as _jaeger_api_v3_QueryServiceClient, QueryServiceDefinition as _jaeger_api_v3_QueryServiceDefinition } from './jaeger/api_v3/QueryService.ts';
import type { ServiceSummary as _jaeger_api_v3_ServiceSummary, ServiceSummary__Output as _jaeger_api_v3_ServiceSummary__Output } from './jaeger/api_v3/ServiceSummary.ts';
import type { TraceQueryParameters as _jaeger_api_v3_TraceQueryParameters, TraceQueryParameters__Output as _jaeger_api_v3_TraceQueryParameters__Output } from './jaeger/api_v3/TraceQueryParameters.ts';
import type { TraceSummary as _jaeger_api_v3_TraceSummary, TraceSummary__Output as _jaeger_api_v3_TraceSummary__Output } from './jaeger/api_v3/TraceSummary.ts';
import type { AttributeReference as _jaeger_expression_v1_AttributeReference, AttributeReference__Output as _jaeger_expression_v1_AttributeReference__Output } from './jaeger/expression/v1/AttributeReference.ts';
import type { Call as _jaeger_expression_v1_Call, Call__Output as _jaeger_expression_v1_Call__Output } from './jaeger/expression/v1/Call.ts';
import type { Expression as _jaeger_expression_v1_Expression, Expression__Output as _jaeger_expression_v1_Expression__Output } from './jaeger/expression/v1/Expression.ts';
import type { FieldReference as _jaeger_expression_v1_FieldReference, FieldReference__Output as _jaeger_expression_v1_FieldReference__Output } from './jaeger/expression/v1/FieldReference.ts';
import type { List as _jaeger_expression_v1_List, List__Output as _jaeger_expression_v1_List__Output } from './jaeger/expression/v1/List.ts';
import type { NestedReference as _jaeger_expression_v1_NestedReference, NestedReference__Output as _jaeger_expression_v1_NestedReference__Output } from './jaeger/expression/v1/NestedReference.ts';
import type { Scalar as _jaeger_expression_v1_Scalar, Scalar__Output as _jaeger_expression_v1_Scalar__Output } from './jaeger/expression/v1/Scalar.ts';
import type { AnyValue as _jaeger_storage_v2_AnyValue, AnyValue__Output as _jaeger_storage_v2_AnyValue__Output } from './jaeger/storage/v2/AnyValue.ts';
import type { ArrayValue as _jaeger_storage_v2_ArrayValue, ArrayValue__Output as _jaeger_storage_v2_ArrayValue__Output } from './jaeger/storage/v2/ArrayValue.ts';
import type { CapabilitiesClient as _jaeger_storage_v2_CapabilitiesClient, CapabilitiesDefinition as _jaeger_storage_v2_CapabilitiesDefinition } from './jaeger/storage/v2/Capabilities.ts';
import type { Dependency as _jaeger_storage_v2_Dependency, Dependency__Output as _jaeger_storage_v2_Dependency__Output } from './jaeger/storage/v2/Dependency.ts';
import type { DependencyReaderClient as _jaeger_storage_v2_DependencyReaderClient, DependencyReaderDefinition as _jaeger_storage_v2_DependencyReaderDefinition } from './jaeger/storage/v2/DependencyReader.ts';
import type { FilterCapabilities as _jaeger_storage_v2_FilterCapabilities, FilterCapabilities__Output as _jaeger_storage_v2_FilterCapabilities__Output } from './jaeger/storage/v2/FilterCapabilities.ts';
import type { FindTraceIDsRequest as _jaeger_storage_v2_FindTraceIDsRequest, FindTraceIDsRequest__Output as _jaeger_storage_v2_FindTraceIDsRequest__Output } from './jaeger/storage/v2/FindTraceIDsRequest.ts';
import type { FindTraceIDsResponse as _jaeger_storage_v2_FindTraceIDsResponse, FindTraceIDsResponse__Output as _jaeger_storage_v2_FindTraceIDsResponse__Output } from './jaeger/storage/v2/FindTraceIDsResponse.ts';
import type { FindTraceSummariesRequest as _jaeger_storage_v2_FindTraceSummariesRequest, FindTraceSummariesRequest__Output as _jaeger_storage_v2_FindTraceSummariesRequest__Output } from './jaeger/storage/v2/FindTraceSummariesRequest.ts';
import type { FindTraceSummariesResponse as _jaeger_storage_v2_FindTraceSummariesResponse, FindTraceSummariesResponse__Output as _jaeger_storage_v2_FindTraceSummariesResponse__Output } from './jaeger/storage/v2/FindTraceSummariesResponse.ts';
import type { FindTracesRequest as _jaeger_storage_v2_FindTracesRequest, FindTracesRequest__Output as _jaeger_storage_v2_FindTracesRequest__Output } from './jaeger/storage/v2/FindTracesRequest.ts';
import type { FoundTraceID as _jaeger_storage_v2_FoundTraceID, FoundTraceID__Output as _jaeger_storage_v2_FoundTraceID__Output } from './jaeger/storage/v2/FoundTraceID.ts';
import type { GetCapabilitiesRequest as _jaeger_storage_v2_GetCapabilitiesRequest, GetCapabilitiesRequest__Output as _jaeger_storage_v2_GetCapabilitiesRequest__Output } from './jaeger/storage/v2/GetCapabilitiesRequest.ts';
import type { GetCapabilitiesResponse as _jaeger_storage_v2_GetCapabilitiesResponse, GetCapabilitiesResponse__Output as _jaeger_storage_v2_GetCapabilitiesResponse__Output } from './jaeger/storage/v2/GetCapabilitiesResponse.ts';
import type { GetDependenciesRequest as _jaeger_storage_v2_GetDependenciesRequest, GetDependenciesRequest__Output as _jaeger_storage_v2_GetDependenciesRequest__Output } from './jaeger/storage/v2/GetDependenciesRequest.ts';
import type { GetDependenciesResponse as _jaeger_storage_v2_GetDependenciesResponse, GetDependenciesResponse__Output as _jaeger_storage_v2_GetDependenciesResponse__Output } from './jaeger/storage/v2/GetDependenciesResponse.ts';
import type { GetOperationsRequest as _jaeger_storage_v2_GetOperationsRequest, GetOperationsRequest__Output as _jaeger_storage_v2_GetOperationsRequest__Output } from './jaeger/storage/v2/GetOperationsRequest.ts';
import type { GetOperationsResponse as _jaeger_storage_v2_GetOperationsResponse, GetOperationsResponse__Output as _jaeger_storage_v2_GetOperationsResponse__Output } from './jaeger/storage/v2/GetOperationsResponse.ts';
import type { GetServicesRequest as _jaeger_storage_v2_GetServicesRequest, GetServicesRequest__Output as _jaeger_storage_v2_GetServicesRequest__Output } from './jaeger/storage/v2/GetServicesRequest.ts';
import type { GetServicesResponse as _jaeger_storage_v2_GetServicesResponse, GetServicesResponse__Output as _jaeger_storage_v2_GetServicesResponse__Output } from './jaeger/storage/v2/GetServicesResponse.ts';
import type { GetTraceParams as _jaeger_storage_v2_GetTraceParams, GetTraceParams__Output as _jaeger_storage_v2_GetTraceParams__Output } from './jaeger/storage/v2/GetTraceParams.ts';
import type { GetTracesRequest as _jaeger_storage_v2_GetTracesRequest, GetTracesRequest__Output as _jaeger_storage_v2_GetTracesRequest__Output } from './jaeger/storage/v2/GetTracesRequest.ts';
import type { KeyValue as _jaeger_storage_v2_KeyValue, KeyValue__Output as _jaeger_storage_v2_KeyValue__Output } from './jaeger/storage/v2/KeyValue.ts';
import type { KeyValueList as _jaeger_storage_v2_KeyValueList, KeyValueList__Output as _jaeger_storage_v2_KeyValueList__Output } from './jaeger/storage/v2/KeyValueList.ts';
import type { Operation as _jaeger_storage_v2_Operation, Operation__Output as _jaeger_storage_v2_Operation__Output } from './jaeger/storage/v2/Operation.ts';
import type { SearchCapabilities as _jaeger_storage_v2_SearchCapabilities, SearchCapabilities__Output as _jaeger_storage_v2_SearchCapabilities__Output } from './jaeger/storage/v2/SearchCapabilities.ts';
import type { ServiceSummary as _jaeger_storage_v2_ServiceSummary, ServiceSummary__Output as _jaeger_storage_v2_ServiceSummary__Output } from './jaeger/storage/v2/ServiceSummary.ts';
import type { TraceQueryParameters as _jaeger_storage_v2_TraceQueryParameters, TraceQueryParameters__Output as _jaeger_storage_v2_TraceQueryParameters__Output } from './jaeger/storage/v2/TraceQueryParameters.ts';
import type { TraceReaderClient as _jaeger_storage_v2_TraceReaderClient, TraceReaderDefinition as _jaeger_storage_v2_TraceReaderDefinition } from './jaeger/storage/v2/TraceReader.ts';
import type { TraceSummary as _jaeger_storage_v2_TraceSummary, TraceSummary__Output as _jaeger_storage_v2_TraceSummary__Output } from './jaeger/storage/v2/TraceSummary.ts';
import type { ExportTracePartialSuccess as _opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess, ExportTracePartialSuccess__Output as _opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess__Output } from './opentelemetry/proto/collector/trace/v1/ExportTracePartialSuccess.ts';
import type { ExportTraceServiceRequest as _opentelemetry_proto_collector_trace_v1_ExportTraceServiceRequest, ExportTraceServiceRequest__Output as _opentelemetry_proto_collector_trace_v1_ExportTraceServiceRequest__Output } from './opentelemetry/proto/collector/trace/v1/ExportTraceServiceRequest.ts';
import type { ExportTraceServiceResponse as _opentelemetry_proto_collector_trace_v1_ExportTraceServiceResponse, ExportTraceServiceResponse__Output as _opentelemetry_proto_collector_trace_v1_ExportTraceServiceResponse__Output } from './opentelemetry/proto/collector/trace/v1/ExportTraceServiceResponse.ts';
import type { TraceServiceClient as _opentelemetry_proto_collector_trace_v1_TraceServiceClient, TraceServiceDefinition as _opentelemetry_proto_collector_trace_v1_TraceServiceDefinition } from './opentelemetry/proto/collector/trace/v1/TraceService.ts';
import type { AnyValue as _opentelemetry_proto_common_v1_AnyValue, AnyValue__Output as _opentelemetry_proto_common_v1_AnyValue__Output } from './opentelemetry/proto/common/v1/AnyValue.ts';
import type { ArrayValue as _opentelemetry_proto_common_v1_ArrayValue, ArrayValue__Output as _opentelemetry_proto_common_v1_ArrayValue__Output } from './opentelemetry/proto/common/v1/ArrayValue.ts';
import type { EntityRef as _opentelemetry_proto_common_v1_EntityRef, EntityRef__Output as _opentelemetry_proto_common_v1_EntityRef__Output } from './opentelemetry/proto/common/v1/EntityRef.ts';
import type { InstrumentationScope as _opentelemetry_proto_common_v1_InstrumentationScope, InstrumentationScope__Output as _opentelemetry_proto_common_v1_InstrumentationScope__Output } from './opentelemetry/proto/common/v1/InstrumentationScope.ts';
import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from './opentelemetry/proto/common/v1/KeyValue.ts';
import type { KeyValueList as _opentelemetry_proto_common_v1_KeyValueList, KeyValueList__Output as _opentelemetry_proto_common_v1_KeyValueList__Output } from './opentelemetry/proto/common/v1/KeyValueList.ts';
import type { Resource as _opentelemetry_proto_resource_v1_Resource, Resource__Output as _opentelemetry_proto_resource_v1_Resource__Output } from './opentelemetry/proto/resource/v1/Resource.ts';
import type { ResourceSpans as _opentelemetry_proto_trace_v1_ResourceSpans, ResourceSpans__Output as _opentelemetry_proto_trace_v1_ResourceSpans__Output } from './opentelemetry/proto/trace/v1/ResourceSpans.ts';
import type { ScopeSpans as _opentelemetry_proto_trace_v1_ScopeSpans, ScopeSpans__Output as _opentelemetry_proto_trace_v1_ScopeSpans__Output } from './opentelemetry/proto/trace/v1/ScopeSpans.ts';
import type { Span as _opentelemetry_proto_trace_v1_Span, Span__Output as _opentelemetry_proto_trace_v1_Span__Output } from './opentelemetry/proto/trace/v1/Span.ts';
import type { Status as _opentelemetry_proto_trace_v1_Status, Status__Output as _opentelemetry_proto_trace_v1_Status__Output } from './opentelemetry/proto/trace/v1/Status.ts';
import type { TracesData as _opentelemetry_proto_trace_v1_TracesData, TracesData__Output as _opentelemetry_proto_trace_v1_TracesData__Output } from './opentelemetry/proto/trace/v1/TracesData.ts';
import type { AdaptiveSamplingStatus as _spangate_v1_AdaptiveSamplingStatus, AdaptiveSamplingStatus__Output as _spangate_v1_AdaptiveSamplingStatus__Output } from './spangate/v1/AdaptiveSamplingStatus.ts';
import type { AdmissionStatus as _spangate_v1_AdmissionStatus, AdmissionStatus__Output as _spangate_v1_AdmissionStatus__Output } from './spangate/v1/AdmissionStatus.ts';
import type { AttributeName as _spangate_v1_AttributeName, AttributeName__Output as _spangate_v1_AttributeName__Output } from './spangate/v1/AttributeName.ts';
import type { AttributeValue as _spangate_v1_AttributeValue, AttributeValue__Output as _spangate_v1_AttributeValue__Output } from './spangate/v1/AttributeValue.ts';
import type { CassandraCutover as _spangate_v1_CassandraCutover, CassandraCutover__Output as _spangate_v1_CassandraCutover__Output } from './spangate/v1/CassandraCutover.ts';
import type { CassandraNode as _spangate_v1_CassandraNode, CassandraNode__Output as _spangate_v1_CassandraNode__Output } from './spangate/v1/CassandraNode.ts';
import type { CassandraStoreStatus as _spangate_v1_CassandraStoreStatus, CassandraStoreStatus__Output as _spangate_v1_CassandraStoreStatus__Output } from './spangate/v1/CassandraStoreStatus.ts';
import type { Count as _spangate_v1_Count, Count__Output as _spangate_v1_Count__Output } from './spangate/v1/Count.ts';
import type { FindTracesRequest as _spangate_v1_FindTracesRequest, FindTracesRequest__Output as _spangate_v1_FindTracesRequest__Output } from './spangate/v1/FindTracesRequest.ts';
import type { FindTracesResponse as _spangate_v1_FindTracesResponse, FindTracesResponse__Output as _spangate_v1_FindTracesResponse__Output } from './spangate/v1/FindTracesResponse.ts';
import type { FoundSpan as _spangate_v1_FoundSpan, FoundSpan__Output as _spangate_v1_FoundSpan__Output } from './spangate/v1/FoundSpan.ts';
import type { FoundTrace as _spangate_v1_FoundTrace, FoundTrace__Output as _spangate_v1_FoundTrace__Output } from './spangate/v1/FoundTrace.ts';
import type { GetStatusRequest as _spangate_v1_GetStatusRequest, GetStatusRequest__Output as _spangate_v1_GetStatusRequest__Output } from './spangate/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _spangate_v1_GetStatusResponse, GetStatusResponse__Output as _spangate_v1_GetStatusResponse__Output } from './spangate/v1/GetStatusResponse.ts';
import type { ListAttributeNamesRequest as _spangate_v1_ListAttributeNamesRequest, ListAttributeNamesRequest__Output as _spangate_v1_ListAttributeNamesRequest__Output } from './spangate/v1/ListAttributeNamesRequest.ts';
import type { ListAttributeNamesResponse as _spangate_v1_ListAttributeNamesResponse, ListAttributeNamesResponse__Output as _spangate_v1_ListAttributeNamesResponse__Output } from './spangate/v1/ListAttributeNamesResponse.ts';
import type { ListAttributeValuesRequest as _spangate_v1_ListAttributeValuesRequest, ListAttributeValuesRequest__Output as _spangate_v1_ListAttributeValuesRequest__Output } from './spangate/v1/ListAttributeValuesRequest.ts';
import type { ListAttributeValuesResponse as _spangate_v1_ListAttributeValuesResponse, ListAttributeValuesResponse__Output as _spangate_v1_ListAttributeValuesResponse__Output } from './spangate/v1/ListAttributeValuesResponse.ts';
import type { ListenerStatus as _spangate_v1_ListenerStatus, ListenerStatus__Output as _spangate_v1_ListenerStatus__Output } from './spangate/v1/ListenerStatus.ts';
import type { MemoryStoreStatus as _spangate_v1_MemoryStoreStatus, MemoryStoreStatus__Output as _spangate_v1_MemoryStoreStatus__Output } from './spangate/v1/MemoryStoreStatus.ts';
import type { ProcessStatus as _spangate_v1_ProcessStatus, ProcessStatus__Output as _spangate_v1_ProcessStatus__Output } from './spangate/v1/ProcessStatus.ts';
import type { QueryStatus as _spangate_v1_QueryStatus, QueryStatus__Output as _spangate_v1_QueryStatus__Output } from './spangate/v1/QueryStatus.ts';
import type { ReasonCount as _spangate_v1_ReasonCount, ReasonCount__Output as _spangate_v1_ReasonCount__Output } from './spangate/v1/ReasonCount.ts';
import type { ReceiverStatus as _spangate_v1_ReceiverStatus, ReceiverStatus__Output as _spangate_v1_ReceiverStatus__Output } from './spangate/v1/ReceiverStatus.ts';
import type { SamplingStatus as _spangate_v1_SamplingStatus, SamplingStatus__Output as _spangate_v1_SamplingStatus__Output } from './spangate/v1/SamplingStatus.ts';
import type { SqliteStoreStatus as _spangate_v1_SqliteStoreStatus, SqliteStoreStatus__Output as _spangate_v1_SqliteStoreStatus__Output } from './spangate/v1/SqliteStoreStatus.ts';
import type { StatusServiceClient as _spangate_v1_StatusServiceClient, StatusServiceDefinition as _spangate_v1_StatusServiceDefinition } from './spangate/v1/StatusService.ts';
import type { StoreCalls as _spangate_v1_StoreCalls, StoreCalls__Output as _spangate_v1_StoreCalls__Output } from './spangate/v1/StoreCalls.ts';
import type { StoreStatus as _spangate_v1_StoreStatus, StoreStatus__Output as _spangate_v1_StoreStatus__Output } from './spangate/v1/StoreStatus.ts';
import type { TraceSearchServiceClient as _spangate_v1_TraceSearchServiceClient, TraceSearchServiceDefinition as _spangate_v1_TraceSearchServiceDefinition } from './spangate/v1/TraceSearchService.ts';
import type { Annotation as _zipkin_proto3_Annotation, Annotation__Output as _zipkin_proto3_Annotation__Output } from './zipkin/proto3/Annotation.ts';
import type { Endpoint as _zipkin_proto3_Endpoint, Endpoint__Output as _zipkin_proto3_Endpoint__Output } from './zipkin/proto3/Endpoint.ts';
import type { ListOfSpans as _zipkin_proto3_ListOfSpans, ListOfSpans__Output as _zipkin_proto3_ListOfSpans__Output } from './zipkin/proto3/ListOfSpans.ts';
import type { ReportResponse as _zipkin_proto3_ReportResponse, ReportResponse__Output as _zipkin_proto3_ReportResponse__Output } from './zipkin/proto3/ReportResponse.ts';
import type { Span as _zipkin_proto3_Span, Span__Output as _zipkin_proto3_Span__Output } from './zipkin/proto3/Span.ts';
import type { SpanServiceClient as _zipkin_proto3_SpanServiceClient, SpanServiceDefinition as _zipkin_proto3_SpanServiceDefinition } from './zipkin/proto3/SpanService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Any: MessageTypeDefinition<_google_protobuf_Any, _google_protobuf_Any__Output>
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
    rpc: {
      BadRequest: MessageTypeDefinition<_google_rpc_BadRequest, _google_rpc_BadRequest__Output>
      LocalizedMessage: MessageTypeDefinition<_google_rpc_LocalizedMessage, _google_rpc_LocalizedMessage__Output>
      RetryInfo: MessageTypeDefinition<_google_rpc_RetryInfo, _google_rpc_RetryInfo__Output>
      Status: MessageTypeDefinition<_google_rpc_Status, _google_rpc_Status__Output>
    }
  }
  grpc: {
    health: {
      v1: {
        Health: SubtypeConstructor<typeof grpc.Client, _grpc_health_v1_HealthClient> & { service: _grpc_health_v1_HealthDefinition }
        HealthCheckRequest: MessageTypeDefinition<_grpc_health_v1_HealthCheckRequest, _grpc_health_v1_HealthCheckRequest__Output>
        HealthCheckResponse: MessageTypeDefinition<_grpc_health_v1_HealthCheckResponse, _grpc_health_v1_HealthCheckResponse__Output>
        HealthListRequest: MessageTypeDefinition<_grpc_health_v1_HealthListRequest, _grpc_health_v1_HealthListRequest__Output>
        HealthListResponse: MessageTypeDefinition<_grpc_health_v1_HealthListResponse, _grpc_health_v1_HealthListResponse__Output>
      }
    }
  }
  jaeger: {
    api_v2: {
      ArchiveTraceRequest: MessageTypeDefinition<_jaeger_api_v2_ArchiveTraceRequest, _jaeger_api_v2_ArchiveTraceRequest__Output>
      ArchiveTraceResponse: MessageTypeDefinition<_jaeger_api_v2_ArchiveTraceResponse, _jaeger_api_v2_ArchiveTraceResponse__Output>
      Batch: MessageTypeDefinition<_jaeger_api_v2_Batch, _jaeger_api_v2_Batch__Output>
      CollectorService: SubtypeConstructor<typeof grpc.Client, _jaeger_api_v2_CollectorServiceClient> & { service: _jaeger_api_v2_CollectorServiceDefinition }
      DependencyLink: MessageTypeDefinition<_jaeger_api_v2_DependencyLink, _jaeger_api_v2_DependencyLink__Output>
      FindTracesRequest: MessageTypeDefinition<_jaeger_api_v2_FindTracesRequest, _jaeger_api_v2_FindTracesRequest__Output>
      GetDependenciesRequest: MessageTypeDefinition<_jaeger_api_v2_GetDependenciesRequest, _jaeger_api_v2_GetDependenciesRequest__Output>
      GetDependenciesResponse: MessageTypeDefinition<_jaeger_api_v2_GetDependenciesResponse, _jaeger_api_v2_GetDependenciesResponse__Output>
      GetOperationsRequest: MessageTypeDefinition<_jaeger_api_v2_GetOperationsRequest, _jaeger_api_v2_GetOperationsRequest__Output>
      GetOperationsResponse: MessageTypeDefinition<_jaeger_api_v2_GetOperationsResponse, _jaeger_api_v2_GetOperationsResponse__Output>
      GetServicesRequest: MessageTypeDefinition<_jaeger_api_v2_GetServicesRequest, _jaeger_api_v2_GetServicesRequest__Output>
      GetServicesResponse: MessageTypeDefinition<_jaeger_api_v2_GetServicesResponse, _jaeger_api_v2_GetServicesResponse__Output>
      GetTraceRequest: MessageTypeDefinition<_jaeger_api_v2_GetTraceRequest, _jaeger_api_v2_GetTraceRequest__Output>
      KeyValue: MessageTypeDefinition<_jaeger_api_v2_KeyValue, _jaeger_api_v2_KeyValue__Output>
      Log: MessageTypeDefinition<_jaeger_api_v2_Log, _jaeger_api_v2_Log__Output>
      Operation: MessageTypeDefinition<_jaeger_api_v2_Operation, _jaeger_api_v2_Operation__Output>
      OperationSamplingStrategy: MessageTypeDefinition<_jaeger_api_v2_OperationSamplingStrategy, _jaeger_api_v2_OperationSamplingStrategy__Output>
      PerOperationSamplingStrategies: MessageTypeDefinition<_jaeger_api_v2_PerOperationSamplingStrategies, _jaeger_api_v2_PerOperationSamplingStrategies__Output>
      PostSpansRequest: MessageTypeDefinition<_jaeger_api_v2_PostSpansRequest, _jaeger_api_v2_PostSpansRequest__Output>
      PostSpansResponse: MessageTypeDefinition<_jaeger_api_v2_PostSpansResponse, _jaeger_api_v2_PostSpansResponse__Output>
      ProbabilisticSamplingStrategy: MessageTypeDefinition<_jaeger_api_v2_ProbabilisticSamplingStrategy, _jaeger_api_v2_ProbabilisticSamplingStrategy__Output>
      Process: MessageTypeDefinition<_jaeger_api_v2_Process, _jaeger_api_v2_Process__Output>
      QueryService: SubtypeConstructor<typeof grpc.Client, _jaeger_api_v2_QueryServiceClient> & { service: _jaeger_api_v2_QueryServiceDefinition }
      RateLimitingSamplingStrategy: MessageTypeDefinition<_jaeger_api_v2_RateLimitingSamplingStrategy, _jaeger_api_v2_RateLimitingSamplingStrategy__Output>
      SamplingManager: SubtypeConstructor<typeof grpc.Client, _jaeger_api_v2_SamplingManagerClient> & { service: _jaeger_api_v2_SamplingManagerDefinition }
      SamplingStrategyParameters: MessageTypeDefinition<_jaeger_api_v2_SamplingStrategyParameters, _jaeger_api_v2_SamplingStrategyParameters__Output>
      SamplingStrategyResponse: MessageTypeDefinition<_jaeger_api_v2_SamplingStrategyResponse, _jaeger_api_v2_SamplingStrategyResponse__Output>
      SamplingStrategyType: EnumTypeDefinition
      Span: MessageTypeDefinition<_jaeger_api_v2_Span, _jaeger_api_v2_Span__Output>
      SpanRef: MessageTypeDefinition<_jaeger_api_v2_SpanRef, _jaeger_api_v2_SpanRef__Output>
      SpanRefType: EnumTypeDefinition
      SpansResponseChunk: MessageTypeDefinition<_jaeger_api_v2_SpansResponseChunk, _jaeger_api_v2_SpansResponseChunk__Output>
      Trace: MessageTypeDefinition<_jaeger_api_v2_Trace, _jaeger_api_v2_Trace__Output>
      TraceQueryParameters: MessageTypeDefinition<_jaeger_api_v2_TraceQueryParameters, _jaeger_api_v2_TraceQueryParameters__Output>
      ValueType: EnumTypeDefinition
    }
    api_v3: {
      DependenciesResponse: MessageTypeDefinition<_jaeger_api_v3_DependenciesResponse, _jaeger_api_v3_DependenciesResponse__Output>
      Dependency: MessageTypeDefinition<_jaeger_api_v3_Dependency, _jaeger_api_v3_Dependency__Output>
      FindTraceSummariesRequest: MessageTypeDefinition<_jaeger_api_v3_FindTraceSummariesRequest, _jaeger_api_v3_FindTraceSummariesRequest__Output>
      FindTraceSummariesResponse: MessageTypeDefinition<_jaeger_api_v3_FindTraceSummariesResponse, _jaeger_api_v3_FindTraceSummariesResponse__Output>
      FindTracesRequest: MessageTypeDefinition<_jaeger_api_v3_FindTracesRequest, _jaeger_api_v3_FindTracesRequest__Output>
      GetDependenciesRequest: MessageTypeDefinition<_jaeger_api_v3_GetDependenciesRequest, _jaeger_api_v3_GetDependenciesRequest__Output>
      GetOperationsRequest: MessageTypeDefinition<_jaeger_api_v3_GetOperationsRequest, _jaeger_api_v3_GetOperationsRequest__Output>
      GetOperationsResponse: MessageTypeDefinition<_jaeger_api_v3_GetOperationsResponse, _jaeger_api_v3_GetOperationsResponse__Output>
      GetServicesRequest: MessageTypeDefinition<_jaeger_api_v3_GetServicesRequest, _jaeger_api_v3_GetServicesRequest__Output>
      GetServicesResponse: MessageTypeDefinition<_jaeger_api_v3_GetServicesResponse, _jaeger_api_v3_GetServicesResponse__Output>
      GetTraceRequest: MessageTypeDefinition<_jaeger_api_v3_GetTraceRequest, _jaeger_api_v3_GetTraceRequest__Output>
      Operation: MessageTypeDefinition<_jaeger_api_v3_Operation, _jaeger_api_v3_Operation__Output>
      QueryService: SubtypeConstructor<typeof grpc.Client, _jaeger_api_v3_QueryServiceClient> & { service: _jaeger_api_v3_QueryServiceDefinition }
      ServiceSummary: MessageTypeDefinition<_jaeger_api_v3_ServiceSummary, _jaeger_api_v3_ServiceSummary__Output>
      TraceQueryParameters: MessageTypeDefinition<_jaeger_api_v3_TraceQueryParameters, _jaeger_api_v3_TraceQueryParameters__Output>
      TraceSummary: MessageTypeDefinition<_jaeger_api_v3_TraceSummary, _jaeger_api_v3_TraceSummary__Output>
    }
    expression: {
      v1: {
        AttributeReference: MessageTypeDefinition<_jaeger_expression_v1_AttributeReference, _jaeger_expression_v1_AttributeReference__Output>
        Call: MessageTypeDefinition<_jaeger_expression_v1_Call, _jaeger_expression_v1_Call__Output>
        Expression: MessageTypeDefinition<_jaeger_expression_v1_Expression, _jaeger_expression_v1_Expression__Output>
        FieldReference: MessageTypeDefinition<_jaeger_expression_v1_FieldReference, _jaeger_expression_v1_FieldReference__Output>
        List: MessageTypeDefinition<_jaeger_expression_v1_List, _jaeger_expression_v1_List__Output>
        NestedReference: MessageTypeDefinition<_jaeger_expression_v1_NestedReference, _jaeger_expression_v1_NestedReference__Output>
        Scalar: MessageTypeDefinition<_jaeger_expression_v1_Scalar, _jaeger_expression_v1_Scalar__Output>
      }
    }
    storage: {
      v2: {
        AnyValue: MessageTypeDefinition<_jaeger_storage_v2_AnyValue, _jaeger_storage_v2_AnyValue__Output>
        ArrayValue: MessageTypeDefinition<_jaeger_storage_v2_ArrayValue, _jaeger_storage_v2_ArrayValue__Output>
        Capabilities: SubtypeConstructor<typeof grpc.Client, _jaeger_storage_v2_CapabilitiesClient> & { service: _jaeger_storage_v2_CapabilitiesDefinition }
        Dependency: MessageTypeDefinition<_jaeger_storage_v2_Dependency, _jaeger_storage_v2_Dependency__Output>
        DependencyReader: SubtypeConstructor<typeof grpc.Client, _jaeger_storage_v2_DependencyReaderClient> & { service: _jaeger_storage_v2_DependencyReaderDefinition }
        FilterCapabilities: MessageTypeDefinition<_jaeger_storage_v2_FilterCapabilities, _jaeger_storage_v2_FilterCapabilities__Output>
        FindTraceIDsRequest: MessageTypeDefinition<_jaeger_storage_v2_FindTraceIDsRequest, _jaeger_storage_v2_FindTraceIDsRequest__Output>
        FindTraceIDsResponse: MessageTypeDefinition<_jaeger_storage_v2_FindTraceIDsResponse, _jaeger_storage_v2_FindTraceIDsResponse__Output>
        FindTraceSummariesRequest: MessageTypeDefinition<_jaeger_storage_v2_FindTraceSummariesRequest, _jaeger_storage_v2_FindTraceSummariesRequest__Output>
        FindTraceSummariesResponse: MessageTypeDefinition<_jaeger_storage_v2_FindTraceSummariesResponse, _jaeger_storage_v2_FindTraceSummariesResponse__Output>
        FindTracesRequest: MessageTypeDefinition<_jaeger_storage_v2_FindTracesRequest, _jaeger_storage_v2_FindTracesRequest__Output>
        FoundTraceID: MessageTypeDefinition<_jaeger_storage_v2_FoundTraceID, _jaeger_storage_v2_FoundTraceID__Output>
        GetCapabilitiesRequest: MessageTypeDefinition<_jaeger_storage_v2_GetCapabilitiesRequest, _jaeger_storage_v2_GetCapabilitiesRequest__Output>
        GetCapabilitiesResponse: MessageTypeDefinition<_jaeger_storage_v2_GetCapabilitiesResponse, _jaeger_storage_v2_GetCapabilitiesResponse__Output>
        GetDependenciesRequest: MessageTypeDefinition<_jaeger_storage_v2_GetDependenciesRequest, _jaeger_storage_v2_GetDependenciesRequest__Output>
        GetDependenciesResponse: MessageTypeDefinition<_jaeger_storage_v2_GetDependenciesResponse, _jaeger_storage_v2_GetDependenciesResponse__Output>
        GetOperationsRequest: MessageTypeDefinition<_jaeger_storage_v2_GetOperationsRequest, _jaeger_storage_v2_GetOperationsRequest__Output>
        GetOperationsResponse: MessageTypeDefinition<_jaeger_storage_v2_GetOperationsResponse, _jaeger_storage_v2_GetOperationsResponse__Output>
        GetServicesRequest: MessageTypeDefinition<_jaeger_storage_v2_GetServicesRequest, _jaeger_storage_v2_GetServicesRequest__Output>
        GetServicesResponse: MessageTypeDefinition<_jaeger_storage_v2_GetServicesResponse, _jaeger_storage_v2_GetServicesResponse__Output>
        GetTraceParams: MessageTypeDefinition<_jaeger_storage_v2_GetTraceParams, _jaeger_storage_v2_GetTraceParams__Output>
        GetTracesRequest: MessageTypeDefinition<_jaeger_storage_v2_GetTracesRequest, _jaeger_storage_v2_GetTracesRequest__Output>
        KeyValue: MessageTypeDefinition<_jaeger_storage_v2_KeyValue, _jaeger_storage_v2_KeyValue__Output>
        KeyValueList: MessageTypeDefinition<_jaeger_storage_v2_KeyValueList, _jaeger_storage_v2_KeyValueList__Output>
        Operation: MessageTypeDefinition<_jaeger_storage_v2_Operation, _jaeger_storage_v2_Operation__Output>
        SearchCapabilities: MessageTypeDefinition<_jaeger_storage_v2_SearchCapabilities, _jaeger_storage_v2_SearchCapabilities__Output>
        ServiceSummary: MessageTypeDefinition<_jaeger_storage_v2_ServiceSummary, _jaeger_storage_v2_ServiceSummary__Output>
        TraceQueryParameters: MessageTypeDefinition<_jaeger_storage_v2_TraceQueryParameters, _jaeger_storage_v2_TraceQueryParameters__Output>
        TraceReader: SubtypeConstructor<typeof grpc.Client, _jaeger_storage_v2_TraceReaderClient> & { service: _jaeger_storage_v2_TraceReaderDefinition }
        TraceSummary: MessageTypeDefinition<_jaeger_storage_v2_TraceSummary, _jaeger_storage_v2_TraceSummary__Output>
      }
    }
  }
  opentelemetry: {
    proto: {
      collector: {
        trace: {
          v1: {
            ExportTracePartialSuccess: MessageTypeDefinition<_opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess, _opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess__Output>
            ExportTraceServiceRequest: MessageTypeDefinition<_opentelemetry_proto_collector_trace_v1_ExportTraceServiceRequest, _opentelemetry_proto_collector_trace_v1_ExportTraceServiceRequest__Output>
            ExportTraceServiceResponse: MessageTypeDefinition<_opentelemetry_proto_collector_trace_v1_ExportTraceServiceResponse, _opentelemetry_proto_collector_trace_v1_ExportTraceServiceResponse__Output>
            TraceService: SubtypeConstructor<typeof grpc.Client, _opentelemetry_proto_collector_trace_v1_TraceServiceClient> & { service: _opentelemetry_proto_collector_trace_v1_TraceServiceDefinition }
          }
        }
      }
      common: {
        v1: {
          AnyValue: MessageTypeDefinition<_opentelemetry_proto_common_v1_AnyValue, _opentelemetry_proto_common_v1_AnyValue__Output>
          ArrayValue: MessageTypeDefinition<_opentelemetry_proto_common_v1_ArrayValue, _opentelemetry_proto_common_v1_ArrayValue__Output>
          EntityRef: MessageTypeDefinition<_opentelemetry_proto_common_v1_EntityRef, _opentelemetry_proto_common_v1_EntityRef__Output>
          InstrumentationScope: MessageTypeDefinition<_opentelemetry_proto_common_v1_InstrumentationScope, _opentelemetry_proto_common_v1_InstrumentationScope__Output>
          KeyValue: MessageTypeDefinition<_opentelemetry_proto_common_v1_KeyValue, _opentelemetry_proto_common_v1_KeyValue__Output>
          KeyValueList: MessageTypeDefinition<_opentelemetry_proto_common_v1_KeyValueList, _opentelemetry_proto_common_v1_KeyValueList__Output>
        }
      }
      resource: {
        v1: {
          Resource: MessageTypeDefinition<_opentelemetry_proto_resource_v1_Resource, _opentelemetry_proto_resource_v1_Resource__Output>
        }
      }
      trace: {
        v1: {
          ResourceSpans: MessageTypeDefinition<_opentelemetry_proto_trace_v1_ResourceSpans, _opentelemetry_proto_trace_v1_ResourceSpans__Output>
          ScopeSpans: MessageTypeDefinition<_opentelemetry_proto_trace_v1_ScopeSpans, _opentelemetry_proto_trace_v1_ScopeSpans__Output>
          Span: MessageTypeDefinition<_opentelemetry_proto_trace_v1_Span, _opentelemetry_proto_trace_v1_Span__Output>
          SpanFlags: EnumTypeDefinition
          Status: MessageTypeDefinition<_opentelemetry_proto_trace_v1_Status, _opentelemetry_proto_trace_v1_Status__Output>
          TracesData: MessageTypeDefinition<_opentelemetry_proto_trace_v1_TracesData, _opentelemetry_proto_trace_v1_TracesData__Output>
        }
      }
    }
  }
  spangate: {
    v1: {
      AdaptiveSamplingStatus: MessageTypeDefinition<_spangate_v1_AdaptiveSamplingStatus, _spangate_v1_AdaptiveSamplingStatus__Output>
      AdmissionStatus: MessageTypeDefinition<_spangate_v1_AdmissionStatus, _spangate_v1_AdmissionStatus__Output>
      AttributeName: MessageTypeDefinition<_spangate_v1_AttributeName, _spangate_v1_AttributeName__Output>
      AttributeValue: MessageTypeDefinition<_spangate_v1_AttributeValue, _spangate_v1_AttributeValue__Output>
      CassandraCutover: MessageTypeDefinition<_spangate_v1_CassandraCutover, _spangate_v1_CassandraCutover__Output>
      CassandraNode: MessageTypeDefinition<_spangate_v1_CassandraNode, _spangate_v1_CassandraNode__Output>
      CassandraStoreStatus: MessageTypeDefinition<_spangate_v1_CassandraStoreStatus, _spangate_v1_CassandraStoreStatus__Output>
      Count: MessageTypeDefinition<_spangate_v1_Count, _spangate_v1_Count__Output>
      FindTracesRequest: MessageTypeDefinition<_spangate_v1_FindTracesRequest, _spangate_v1_FindTracesRequest__Output>
      FindTracesResponse: MessageTypeDefinition<_spangate_v1_FindTracesResponse, _spangate_v1_FindTracesResponse__Output>
      FoundSpan: MessageTypeDefinition<_spangate_v1_FoundSpan, _spangate_v1_FoundSpan__Output>
      FoundTrace: MessageTypeDefinition<_spangate_v1_FoundTrace, _spangate_v1_FoundTrace__Output>
      GatewayState: EnumTypeDefinition
      GetStatusRequest: MessageTypeDefinition<_spangate_v1_GetStatusRequest, _spangate_v1_GetStatusRequest__Output>
      GetStatusResponse: MessageTypeDefinition<_spangate_v1_GetStatusResponse, _spangate_v1_GetStatusResponse__Output>
      ListAttributeNamesRequest: MessageTypeDefinition<_spangate_v1_ListAttributeNamesRequest, _spangate_v1_ListAttributeNamesRequest__Output>
      ListAttributeNamesResponse: MessageTypeDefinition<_spangate_v1_ListAttributeNamesResponse, _spangate_v1_ListAttributeNamesResponse__Output>
      ListAttributeValuesRequest: MessageTypeDefinition<_spangate_v1_ListAttributeValuesRequest, _spangate_v1_ListAttributeValuesRequest__Output>
      ListAttributeValuesResponse: MessageTypeDefinition<_spangate_v1_ListAttributeValuesResponse, _spangate_v1_ListAttributeValuesResponse__Output>
      ListenerStatus: MessageTypeDefinition<_spangate_v1_ListenerStatus, _spangate_v1_ListenerStatus__Output>
      MemoryStoreStatus: MessageTypeDefinition<_spangate_v1_MemoryStoreStatus, _spangate_v1_MemoryStoreStatus__Output>
      ProcessStatus: MessageTypeDefinition<_spangate_v1_ProcessStatus, _spangate_v1_ProcessStatus__Output>
      QueryStatus: MessageTypeDefinition<_spangate_v1_QueryStatus, _spangate_v1_QueryStatus__Output>
      ReasonCount: MessageTypeDefinition<_spangate_v1_ReasonCount, _spangate_v1_ReasonCount__Output>
      ReceiverStatus: MessageTypeDefinition<_spangate_v1_ReceiverStatus, _spangate_v1_ReceiverStatus__Output>
      SamplingStatus: MessageTypeDefinition<_spangate_v1_SamplingStatus, _spangate_v1_SamplingStatus__Output>
      SqliteStoreStatus: MessageTypeDefinition<_spangate_v1_SqliteStoreStatus, _spangate_v1_SqliteStoreStatus__Output>
      StatusService: SubtypeConstructor<typeof grpc.Client, _spangate_v1_StatusServiceClient> & { service: _spangate_v1_StatusServiceDefinition }
      StoreCalls: MessageTypeDefinition<_spangate_v1_StoreCalls, _spangate_v1_StoreCalls__Output>
      StoreState: EnumTypeDefinition
      StoreStatus: MessageTypeDefinition<_spangate_v1_StoreStatus, _spangate_v1_StoreStatus__Output>
      TraceSearchService: SubtypeConstructor<typeof grpc.Client, _spangate_v1_TraceSearchServiceClient> & { service: _spangate_v1_TraceSearchServiceDefinition }
    }
  }
  zipkin: {
    proto3: {
      Annotation: MessageTypeDefinition<_zipkin_proto3_Annotation, _zipkin_proto3_Annotation__Output>
      Endpoint: MessageTypeDefinition<_zipkin_proto3_Endpoint, _zipkin_proto3_Endpoint__Output>
      ListOfSpans: MessageTypeDefinition<_zipkin_proto3_ListOfSpans, _zipkin_proto3_ListOfSpans__Output>
      ReportResponse: MessageTypeDefinition<_zipkin_proto3_ReportResponse, _zipkin_proto3_ReportResponse__Output>
      Span: MessageTypeDefinition<_zipkin_proto3_Span, _zipkin_proto3_Span__Output>
      SpanService: SubtypeConstructor<typeof grpc.Client, _zipkin_proto3_SpanServiceClient> & { service: _zipkin_proto3_SpanServiceDefinition }
    }
  }
}

