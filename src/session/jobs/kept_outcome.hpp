// Arguments and outcomes of jobs as bytes, which hold nothing of a conversation.
#pragma once

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/value/value.hpp"

namespace beckon::jobs_detail {

/// Errors: type_mismatch, for references and streams in it, saying which.
[[nodiscard]] result<bytes> keep(const value& plain);
[[nodiscard]] result<value> read_kept(byte_view kept);

/// A result or an error, for a store.
[[nodiscard]] result<bytes> keep_outcome(const result<value>& outcome);
[[nodiscard]] result<void> read_kept_outcome(byte_view kept, result<value>& into);

} // namespace beckon::jobs_detail
