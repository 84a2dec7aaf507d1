// Included before tfjs-node's sources: sessions of compiled steps run the graph that was written, without TensorFlow's graph
// optimizer. Its passes take up to nine tenths of the time to load a step, and rearrange arithmetic, so that it rounds otherwise;
// what is worth doing once, src/backend/compile/simplify.ts has done. Other saved models are loaded as ever.
//
// The tag is that of src/backend/compile/session.ts.
#pragma once
#include <cstring>
#include "tensorflow/c/c_api.h"

// ConfigProto {graph_options {rewrite_options {disable_meta_optimizer: true}}}: fields 10, 10 and 19, in protobuf's encoding.
static const unsigned char kPlainSession[] = {0x52, 0x05, 0x52, 0x03, 0x98, 0x01, 0x01};

static TF_Session* LoadSession(const TF_SessionOptions* options, const TF_Buffer* run_options, const char* folder,
                               const char* const* tags, int num_tags, TF_Graph* graph, TF_Buffer* meta_graph,
                               TF_Status* status) {
  if (num_tags != 1 || std::strcmp(tags[0], "compiled_step") != 0) {
    return TF_LoadSessionFromSavedModel(options, run_options, folder, tags, num_tags, graph, meta_graph, status);
  }
  TF_SessionOptions* plain = TF_NewSessionOptions();
  TF_SetConfig(plain, kPlainSession, sizeof(kPlainSession), status);
  TF_Session* session = nullptr;
  if (TF_GetCode(status) == TF_OK) {
    session = TF_LoadSessionFromSavedModel(plain, run_options, folder, tags, num_tags, graph, meta_graph, status);
  }
  TF_DeleteSessionOptions(plain);
  return session;
}
#define TF_LoadSessionFromSavedModel LoadSession
