package jaeger

import (
	"fmt"

	"google.golang.org/protobuf/proto"
)

// Codec lets one connection carry Jaeger's gogo types, whose own methods read
// and write them, and the types of protobuf's current Go module. The codec of
// grpc-go panics on gogo's custom types.
type Codec struct{}

// Name is the content subtype.
func (Codec) Name() string { return "proto" }

// Marshal encodes a message of either kind.
func (Codec) Marshal(value any) ([]byte, error) {
	switch message := value.(type) {
	case proto.Message:
		return proto.Marshal(message)
	case interface{ Marshal() ([]byte, error) }:
		return message.Marshal()
	default:
		return nil, fmt.Errorf("cannot marshal %T", value)
	}
}

// Unmarshal decodes a message of either kind.
func (Codec) Unmarshal(data []byte, value any) error {
	switch message := value.(type) {
	case proto.Message:
		return proto.Unmarshal(data, message)
	case interface{ Unmarshal([]byte) error }:
		return message.Unmarshal(data)
	default:
		return fmt.Errorf("cannot unmarshal %T", value)
	}
}
