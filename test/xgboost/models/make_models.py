# Writes models and what Python answers for them: python make_models.py [version]; keep a few of the files.
import sys,os,json,pickle,warnings
warnings.filterwarnings('ignore')
ver=sys.argv[1]; 
import numpy as np, xgboost as xgb
out='xgb'+ver; os.makedirs(out,exist_ok=True)
rng=np.random.RandomState(0); X=rng.randn(300,5); X[:,3]=np.round(X[:,3]); X[rng.rand(300,5)<.1]=np.nan
z=np.nan_to_num(X); yr=z[:,0]*2+z[:,3]+.1*rng.randn(300); yb=(yr>0).astype(int); ym=np.digitize(yr,[-1,0.5,1.5]); ys=np.array(['n','y'])[yb]
T=X[:30]
js=lambda a:json.loads(json.dumps(np.asarray(a,dtype=object if np.asarray(a).dtype.kind in'US' else float).tolist()).replace('NaN','null'))
def one(name,m,fit={},y=None):
    try:
        m.fit(X,y,**fit); p=pickle.dumps(m); m=pickle.loads(p)
        open(f'{out}/{name}.pkl','wb').write(p)
        e={'predict':js(m.predict(T))}
        if hasattr(m,'predict_proba'): e['predict_proba']=js(m.predict_proba(T))
        json.dump({'input':js(T),'expected':e,'margin':js(m.predict(T,output_margin=True)),'leaves':js(m.apply(T)) if name[:3]!='lin' else [],'rtol':1e-6},open(f'{out}/{name}.json','w'))
        d=json.load(open(f'{out}/{name}.json'))
        if not d['leaves']: d.pop('leaves'); json.dump(d,open(f'{out}/{name}.json','w'))
        b=m.get_booster()
        ext='model'
        b.save_model(f'{out}/{name}_booster.{ext}')
        if ver!='0.90': 
            b.save_model(f'{out}/{name}_booster.json.tmp.json'); os.rename(f'{out}/{name}_booster.json.tmp.json',f'{out}/{name}_booster.xgb.json')
        pickle.dump(b,open(f'{out}/{name}_booster.pkl','wb'))
        json.dump({'input':js(T),'expected':{'predict':js(b.predict(xgb.DMatrix(T)))},'rtol':1e-6},open(f'{out}/{name}_booster.json','w'))
        print(name,bytes(pickle.loads(pickle.dumps(b)).save_raw()[:16]) , bytes(b.__getstate__()['handle'][:20]))
    except Exception as ex: print('FAIL',name,repr(ex)[:200])
k=dict(n_estimators=6,max_depth=3)
one('bin',xgb.XGBClassifier(**k),y=yb)
if ver!='1.5.2' or True: one('binstr',xgb.XGBClassifier(**k),y=ys)
one('base',xgb.XGBClassifier(base_score=.2,**k),y=yb)
one('multi',xgb.XGBClassifier(**k),y=ym)
one('reg',xgb.XGBRegressor(**k),y=yr)
one('regbase',xgb.XGBRegressor(base_score=2.5,**k),y=yr)
one('pois',xgb.XGBRegressor(objective='count:poisson',base_score=1.5,**k),y=np.exp(yr))
one('gam',xgb.XGBRegressor(objective='reg:gamma',**k),y=np.exp(yr))
one('raw',xgb.XGBClassifier(objective='binary:logitraw',base_score=.3,**k),y=yb)
one('hinge',xgb.XGBClassifier(objective='binary:hinge',**k),y=yb)
one('dart',xgb.XGBRegressor(booster='dart',rate_drop=.3,**k),y=yr)
one('dartm',xgb.XGBClassifier(booster='dart',rate_drop=.3,base_score=.3,**k),y=ym)
one('lin',xgb.XGBRegressor(booster='gblinear',n_estimators=6),y=yr)
one('linm',xgb.XGBClassifier(booster='gblinear',n_estimators=6),y=ym)
one('rf',xgb.XGBRFClassifier(n_estimators=5,max_depth=3),y=ym)
one('rfr',xgb.XGBRFRegressor(n_estimators=5,max_depth=3),y=yr)
one('miss',xgb.XGBRegressor(missing=0.0,**k),y=yr) if False else None
one('early',xgb.XGBClassifier(n_estimators=60,max_depth=4,learning_rate=.7),dict(early_stopping_rounds=2,eval_set=[(X[200:],yb[::-1][:100])],verbose=False),y=yb)
one('earlyf',xgb.XGBClassifier(n_estimators=60,max_depth=4,learning_rate=.7,num_parallel_tree=3,subsample=.7),dict(early_stopping_rounds=2,eval_set=[(X[200:],ym[::-1][:100])],verbose=False),y=ym)
