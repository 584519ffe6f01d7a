/**
 * What other tools call our keys and flags: TRL and transformers' TrainingArguments, axolotl, LLaMA-Factory, torchtune,
 * llama.cpp. A name that is not ours is never taken silently; it becomes a suggestion in the error.
 */

/** Our keys and flags, each with the names that other tools give it. A value after the key is part of the suggestion. */
const NAMES: Record<string, string> = {
  recipe: 'config config_file config_path yaml cfg',
  output: 'output_dir out_dir output_path save_dir save_path output_file outfile export_dir',
  resume: 'resume_from_checkpoint auto_resume_from_checkpoints auto_resume continue',
  overwrite: 'overwrite_output_dir force_overwrite',
  model: `model_name_or_path model_name model_id base_model base_model_name_or_path model_path model_dir
    pretrained_model_name_or_path pretrained_model`,
  checkpoint: `checkpoint_dir checkpoint_path ckpt ckpt_path ckpt_dir adapter_name_or_path adapter_path
    peft_model peft_model_id lora_model_dir lora_path`,
  tokenizer: 'tokenizer_name_or_path tokenizer_name tokenizer_path',
  input: 'input_file infile prompts_file prompt_file prompts',
  name: 'run_name wandb_name wandb_run_name experiment_name exp_name',
  quiet: 'silent disable_tqdm no_progress',
  debug: 'verbose trace stack',
  'method.target': 'target_lang target_language tgt_lang language lang',
  'method.pivot': 'pivot_lang pivot_language source_lang source_language src_lang',
  'method.chat model': 'chat_template template prompt_template conversation_template',
  'data.train': `dataset dataset_name dataset_path datasets dataset_dir data_path data_file data_files train_file
    train_data train_dataset train_path`,
  'data.validation': `validation_file val_file eval_file eval_dataset eval_data_path val_dataset valid_data
    validation_data test_datasets test_file`,
  'data.validationShare':
    'val_size val_set_size validation_split test_size eval_split val_split valid_fraction',
  'data.limit': 'max_samples max_train_samples num_samples max_examples',
  'data.seed': 'data_seed',
  'tokenizer.vocabSize': 'vocab_size',
  'model.maxSeqLen': `max_seq_length max_length sequence_len sequence_length cutoff_len model_max_length
    block_size max_seq_len seq_len seq_length seqlen context_length ctx_size n_ctx max_position_embeddings`,
  'model.dModel': 'hidden_size d_model n_embd hidden_dim embed_dim',
  'model.nLayers': 'num_layers num_hidden_layers n_layer n_layers',
  'model.nHeads': 'num_attention_heads num_heads n_head n_heads',
  'model.nKvHeads': 'num_key_value_heads num_kv_heads n_kv_heads',
  'model.headDim': 'head_dim',
  'model.ffnDim': 'intermediate_size ffn_dim d_ff',
  'model.ropeTheta': 'rope_theta rope_base',
  'model.normEps': 'rms_norm_eps norm_eps',
  'model.tieEmbeddings': 'tie_word_embeddings tie_embeddings',
  'model.initStd': 'initializer_range init_std',
  'lora.rank': 'lora_r lora_rank lora_dim r',
  'lora.rank 16': 'use_peft use_lora finetuning_type peft lora adapter',
  'lora.alpha': 'lora_alpha',
  'lora.dropout': 'lora_dropout',
  'lora.targets': 'lora_target lora_target_modules target_modules lora_modules lora_attn_modules',
  'train.steps': 'max_steps num_steps total_steps num_train_steps max_iters iters max_steps_per_epoch',
  'train.epochs': 'epochs num_train_epochs num_epochs n_epochs max_epochs epoch',
  'train.batchSize': `batch_size per_device_train_batch_size per_gpu_train_batch_size train_batch_size
    micro_batch_size bs`,
  'train.gradAccumSteps':
    'gradient_accumulation_steps grad_accum_steps grad_accum gradient_accumulation accumulate_grad_batches',
  'train.learningRate': 'lr learning_rate base_lr max_lr peak_lr',
  'train.schedule': 'lr_scheduler_type lr_scheduler scheduler lr_schedule lr_decay_style',
  'train.warmupRatio': 'warmup_ratio warmup_proportion warmup',
  'train.warmupSteps': 'warmup_steps num_warmup_steps lr_warmup_steps',
  'train.finalLearningRateRatio': 'min_lr_ratio cosine_min_lr_ratio lr_decay_ratio min_lr',
  'train.weightDecay': 'weight_decay wd',
  'train.beta1': 'adam_beta1',
  'train.beta2': 'adam_beta2',
  'train.epsilon': 'adam_epsilon adam_eps eps',
  'train.clipNorm':
    'max_grad_norm gradient_clipping grad_clip clip_grad clip_grad_norm gradient_clip_val max_norm',
  'train.gradientCheckpointing':
    'gradient_checkpointing grad_checkpoint enable_activation_checkpointing activation_checkpointing',
  'train.dropout': 'resid_dropout residual_dropout hidden_dropout attention_dropout',
  'train.packing': 'packing sample_packing neat_packing packed',
  'train.precision bf16': 'bf16 fp16 half mixed_precision',
  'train.precision': 'torch_dtype dtype compute_dtype',
  'train.precision float32': 'fp32 float32 full_precision no_half',
  'train.seed': 'seed random_seed',
  'train.validateEvery':
    'eval_steps eval_strategy evaluation_strategy evals_per_epoch eval_interval eval_every',
  'train.saveEvery': 'save_steps save_strategy saves_per_epoch save_interval save_every checkpointing_steps',
  'train.keepSteps': 'save_total_limit keep_checkpoints',
  'generate.maxNewTokens':
    'max_new_tokens max_tokens max_gen_length max_gen_len max_completion_length n_predict num_predict',
  'generate.temperature': 'temp temperature',
  'generate.temperature 1': 'do_sample sample',
  'generate.topP': 'top_p nucleus',
  'generate.topK': 'top_k',
  'generate.stop': 'stop stop_sequences stop_strings stop_words',
  'generate.seed': 'seed',
  batchSize: 'batch_size per_device_eval_batch_size eval_batch_size bs',
  'evaluate.batchSize': 'per_device_eval_batch_size eval_batch_size',
  'evaluate.data': 'eval_file test_file',
  data: 'dataset dataset_name dataset_path eval_file test_file eval_dataset',
  limit: 'max_samples max_eval_samples num_samples',
  turns: 'history max_history memory',
};

/** Names for which there is no flag, and what to do. */
const NOTES: Record<string, string> = {
  prompt: 'a prompt is given without a flag: npm run generate -- --checkpoint DIR "PROMPT"',
  interactive: 'without a prompt, generate is a chat: npm run generate -- --checkpoint DIR',
  load_in_4bit:
    'quantised weights are not supported; --lora.rank 16 with --train.precision bf16 needs the least memory',
  num_beams: 'beam search is not supported; --generate.temperature 0 takes the likeliest token each time',
  repetition_penalty: 'there is no repetition penalty; --generate.temperature, topP and topK are the choices',
  optim: 'the optimizer is AdamW; its keys are train.beta1, train.beta2, train.epsilon and train.weightDecay',
  logging_steps: 'each step is logged: metrics.jsonl and report.html in the folder of the run',
  deepspeed: 'one process trains on one device; --lora.rank and --train.gradientCheckpointing save memory',
  device: 'PLUG_TENSORFLOW=cpu in the environment computes on the CPU; a GPU is taken where there is one',
};

/** Other names for the same notes. */
const SAME: Record<string, string> = {
  prompt: 'question query instruction text user_prompt',
  interactive: 'chat repl conversation',
  load_in_4bit: 'load_in_8bit quantization_bit quantization use_4bit qlora bnb_4bit_quant_type',
  num_beams: 'beam_size beams',
  repetition_penalty: 'repeat_penalty frequency_penalty presence_penalty no_repeat_ngram_size',
  optim: 'optimizer optimizer_type',
  logging_steps: 'report_to wandb_project use_wandb tensorboard logging_dir plot_loss log_every log_interval',
  deepspeed: 'fsdp ddp nproc_per_node num_processes tensor_parallel_size',
  device: 'cpu cuda gpu no_cuda use_cpu device_map',
};

/** How names are compared: `--learning-rate`, `--learning_rate` and `--learningRate` are one. */
const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const targets = new Map<string, string[]>();
for (const [target, names] of Object.entries(NAMES)) {
  for (const name of names.split(/\s+/).map(bare)) targets.set(name, [...(targets.get(name) ?? []), target]);
}
const notes = new Map<string, string>();
for (const [name, text] of Object.entries(NOTES)) {
  for (const same of [name, ...SAME[name].split(' ')]) notes.set(bare(same), text);
}

/** Everything that a foreign name can be turned into: a key or flag, some with a value. */
export const aliasTargets: readonly string[] = Object.keys(NAMES);

/** Our keys or flags for the name that another tool uses, the likeliest first; a value may follow. */
export const aliasesOf = (name: string): readonly string[] => targets.get(bare(name)) ?? [];

/** What to do in place of a flag that does not exist, in a sentence without a full stop. */
export const noteOn = (name: string): string | undefined => notes.get(bare(name));

/** The key or flag of a target, without a value: `train.precision` of `train.precision bf16`. */
export const keyOfTarget = (target: string): string => target.split(' ')[0];
