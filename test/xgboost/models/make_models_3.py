# Writes models and what Python answers for them: python make_models.py [version]; keep a few of the files.
import sys,os,json,pickle,warnings
warnings.filterwarnings('ignore')

import numpy as np, pandas as pd, xgboost as xgb
out='xgb3.2.0'; os.makedirs(out,exist_ok=True)
rng=np.random.RandomState(0); X=rng.randn(300,5); X[:,3]=np.round(X[:,3]); X[rng.rand(300,5)<.1]=np.nan
z=np.nan_to_num(X); yr=z[:,0]*2+z[:,3]+.1*rng.randn(300); yb=(yr>0).astype(int); ym=np.digitize(yr,[-1,0.5,1.5])
js=lambda a:json.loads(json.dumps(np.asarray(a,dtype=float).tolist()).replace('NaN','null'))
def one(name,m,y,X=X,inp=None):
    try:
        m.fit(X,y); m=pickle.loads(pickle.dumps(m)); T=X[:30]; pickle.dump(m,open(f'{out}/{name}.pkl','wb'))
        e={'predict':js(m.predict(T))}
        if hasattr(m,'predict_proba'): e['predict_proba']=js(m.predict_proba(T))
        json.dump({'input':inp or js(T),'expected':e,'margin':js(m.predict(T,output_margin=True)),'leaves':js(m.apply(T)) if name[:3]!='lin' else [],'rtol':1e-6},open(f'{out}/{name}.json','w'))
        m.get_booster().save_model(f'{out}/{name}_booster.ubj'); m.get_booster().save_model(f'{out}/{name}_booster.xgb.json')
        json.dump({'input':inp or js(T),'expected':{'predict':js(m.get_booster().predict(xgb.DMatrix(T,enable_categorical=True)))},'rtol':1e-6},open(f'{out}/{name}_booster.json','w'))
        print(name,'ok')
    except Exception as ex: print('FAIL',name,repr(ex)[:300])
k=dict(n_estimators=6,max_depth=4,n_jobs=1)
D=pd.DataFrame(X,columns=list('abcde')); D['f']=pd.Categorical(rng.randint(3,8,300)*10); D['c']=pd.Categorical(np.array(['p','q','r','s','t'])[rng.randint(0,5,300)])
D['g']=pd.Categorical(rng.randint(5,9,300)*-3)
D.loc[::17,'f']=np.nan
yc=yr+D['c'].cat.codes+(D['f'].cat.codes%2)*3+(D['g'].cat.codes==2)*2
inp={'columns':list(D.columns),'data':json.loads(D[:30].astype(object).where(D[:30].notna(),None).to_json(orient='values'))}
one('catnum',xgb.XGBRegressor(enable_categorical=True,**k),yc,X=D,inp=inp)
one('catoh',xgb.XGBClassifier(enable_categorical=True,max_cat_to_onehot=10,**k),(yc>3).astype(int),X=D,inp=inp)
one('mlabel',xgb.XGBClassifier(**k),np.stack([yb,ym>1],1).astype(int))
one('mlabelt',xgb.XGBClassifier(multi_strategy='multi_output_tree',tree_method='hist',**k),np.stack([yb,ym>1],1).astype(int))
one('raw',xgb.XGBClassifier(objective='binary:logitraw',**k),yb)
one('multit',xgb.XGBClassifier(multi_strategy='multi_output_tree',tree_method='hist',**k),ym)
one('npt',xgb.XGBClassifier(num_parallel_tree=3,subsample=.7,**k),ym)
one('rf',xgb.XGBRFClassifier(n_estimators=5),ym)
one('dartm',xgb.XGBClassifier(booster='dart',rate_drop=.3,**k),ym)
one('dart2',xgb.XGBRegressor(booster='dart',rate_drop=.3,**k),np.stack([yr,-yr],1))
one('pois',xgb.XGBRegressor(objective='count:poisson',**k),np.exp(yr)); one('tw',xgb.XGBRegressor(objective='reg:tweedie',base_score=2.0,**k),np.exp(yr))
one('lin',xgb.XGBClassifier(booster='gblinear',n_estimators=6),yb); one('linr',xgb.XGBRegressor(booster='gblinear',n_estimators=6),yr)
one('ph',xgb.XGBRegressor(objective='reg:pseudohubererror',**k),yr); one('smax',xgb.XGBClassifier(objective='multi:softmax',num_class=4,**k),ym)
one('soft2',xgb.XGBClassifier(objective='multi:softprob',num_class=2,**k),yb)
