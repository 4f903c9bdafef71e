#pragma once

#include <thrift/transport/TBufferTransports.h>

#include <memory>

using apache::thrift::transport::TBufferedTransport;
using apache::thrift::transport::TTransport;

/// A buffer as large as a burst of small calls: with Thrift's default of 512 bytes each read brings
/// a few calls only.
inline std::shared_ptr<TTransport> buffered(const std::shared_ptr<TTransport>& raw) {
    constexpr std::uint32_t buffer_bytes = 64u << 10;
    return std::make_shared<TBufferedTransport>(raw, buffer_bytes);
}

class buffered_factory final : public apache::thrift::transport::TTransportFactory {
public:
    std::shared_ptr<TTransport> getTransport(std::shared_ptr<TTransport> raw) override {
        return buffered(raw);
    }
};
